"""`auterity runs cancel`: end a run early."""

from __future__ import annotations

from typing import Annotated

import typer

from auterity_cli.hosted_place import EnvironmentOption, Place, WhereOption, place_if_hosted
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
    context: WhereOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Cancel a run: what runs is stopped, what is done and can be undone is undone.

    With --after-step the attempts that run end first, and count; given again without, it stops them after all.

    Exit code: 1, since the run ends cancelled; 0 if it was over already.
    """
    here = Project.find(project)
    place = place_if_hosted(context, environment, here)
    display = Display(color, as_json, place=place.options if place else None)
    if place is None:
        found = _here(here, run, display, after_step=after_step)
    else:
        found = finish(_on_server(place, run, display, after_step=after_step))
    if found is not None:
        raise typer.Exit(tell_end(found, display))


def _here(project: Project, run: str, display: Display, *, after_step: bool) -> RunView | None:
    with local_runtime(project) as runtime:

        async def whole() -> RunView | None:
            run_id = await runtime.find(run)
            if not await runtime.cancel(run_id, by=this_person(), after_step=after_step):
                _tell_over(run_id)
                return None
            return await carry_on(runtime, run_id, stay=False, display=display)

        return finish(whole())


async def _on_server(
    place: Place, run: str, display: Display, *, after_step: bool
) -> RunView | None:
    from auterity_cli.hosted_runs import found, watched  # here: most runs are on this machine

    async with place.profile.in_environment() as environment:
        run_id = await found(environment, run)
        before = (await environment.run(run_id)).events
        if not await environment.cancel(run_id, after_step=after_step):
            _tell_over(run_id)
            return None
        return await watched(environment, run_id, display, after=before, stay=False)


def _tell_over(run_id: str) -> None:
    typer.echo(f"the run {run_id} is over, or was cancelled before", err=True)
