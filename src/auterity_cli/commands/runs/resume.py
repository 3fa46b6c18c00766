"""`auterity runs resume`: carry a run on."""

from __future__ import annotations

from typing import Annotated

import typer

from auterity_cli.hosted_place import (
    EnvironmentOption,
    Place,
    WhereOption,
    only_here,
    place_if_hosted,
)
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
    context: WhereOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Carry a run on: after a crash, an interrupt, or when a timer is due.

    A server carries its runs on by itself; there it is made to look at this one again, and the run is followed.

    Exit code: 0 succeeded, 1 failed, 6 the run waits.
    """
    found = Project.find(project)
    place = place_if_hosted(context, environment, found)
    if place is not None:
        only_here(place, log_format=log)
        there = Display(color, as_json, place=place.options)
        raise typer.Exit(tell_end(finish(_on_server(place, run, there, wait=wait)), there))
    display = Display(color, as_json, log_format(found, log))
    with local_runtime(found, log=display.log) as runtime:

        async def whole() -> RunView:
            run_id = await chosen(runtime, run)
            return await carry_on(runtime, run_id, stay=wait, display=display)

        raise typer.Exit(tell_end(finish(whole()), display))


async def _on_server(place: Place, run: str | None, display: Display, *, wait: bool) -> RunView:
    from auterity_cli.hosted_runs import found, watched  # here: most runs are on this machine

    async with place.profile.in_environment() as environment:
        run_id = await found(environment, run)
        before = await environment.resume(run_id)
        return await watched(environment, run_id, display, after=before.events, stay=wait)
