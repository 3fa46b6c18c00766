"""`auterity runs resume`: carry a run on."""

from __future__ import annotations

from typing import Annotated

import typer

from auterity_cli.local_runs import Display, carry_on, finish, local_runtime, tell_end
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color
from auterity_cli.run_choice import RunArgument, chosen
from auterity_cli.run_log import LogFormatOption, log_format
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.view import RunView


def resume(
    run: RunArgument = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Stay until the run has ended, however long it waits.")
    ] = False,
    log: LogFormatOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Carry a run on: after a crash, an interrupt, or when a timer is due.

    Exit code: 0 succeeded, 1 failed, 6 the run waits.
    """
    found = Project.find(project)
    display = Display(color, as_json, log_format(found, log))
    with local_runtime(found, log=display.log) as runtime:

        async def whole() -> RunView:
            run_id = await chosen(runtime, run)
            return await carry_on(runtime, run_id, stay=wait, display=display)

        raise typer.Exit(tell_end(finish(whole()), display))
