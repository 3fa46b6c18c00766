"""`auterity runs cancel`: end a run early."""

from __future__ import annotations

from typing import Annotated

import typer

from auterity_cli.local_runs import Display, carry_on, finish, local_runtime, tell_end, this_person
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color
from auterity_cli.run_choice import ThisRunArgument
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.view import RunView


def cancel(
    run: ThisRunArgument,
    after_step: Annotated[
        bool,
        typer.Option("--after-step", help="Let the attempts that run end first; no other begins."),
    ] = False,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Cancel a run: what runs is stopped, what is done and can be undone is undone.

    With --after-step the attempts that run end first, and count; given again without, it stops them after all.

    Exit code: 1, since the run ends cancelled; 0 if it was over already.
    """
    with local_runtime(Project.find(project)) as runtime:
        display = Display(color, as_json)

        async def whole() -> RunView | None:
            run_id = await runtime.find(run)
            if not await runtime.cancel(run_id, by=this_person(), after_step=after_step):
                typer.echo(f"the run {run_id} is over, or was cancelled before", err=True)
                return None
            return await carry_on(runtime, run_id, stay=False, display=display)

        found = finish(whole())
        if found is not None:
            raise typer.Exit(tell_end(found, display))
