"""`auterity runs show`: one run with all that its steps did."""

from __future__ import annotations

import typer

from auterity_cli.hosted_place import EnvironmentOption, WhereOption, only_here, place_if_hosted
from auterity_cli.local_runs import finish, local_runtime, now
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color, console
from auterity_cli.output.run import print_output, print_waits, run_json, tree
from auterity_cli.run_choice import RevealOption, RunArgument, chosen
from auterity_sdk.runtime.inspection import Inspection, inspect
from auterity_sdk.runtime.local import OVER
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.view import RunView


def show(
    run: RunArgument = None,
    reveal: RevealOption = False,
    context: WhereOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Show a run: its steps with state, time, attempts, and what each was given and gave.

    Personal data is masked by its class ([contact], [credit], …), on screen and in --json, unless --reveal asks
    for it, which a server never answers.
    """
    here = Project.find(project)
    place = place_if_hosted(context, environment, here)
    if place is None:
        found = _here(here, run, reveal=reveal)
    else:
        from auterity_cli.hosted_runs import shown  # here: most runs are on this machine

        only_here(place, reveal=reveal)
        found = finish(shown(place, run))
    if as_json:
        typer.echo(run_json(found))
        return
    for line in tree(found, now(), values=True):
        console("out", color).print(line)
    if found.status in OVER:
        print_output(found, color)
    else:
        print_waits(found, color, place.options if place else None)


def _here(project: Project, run: str | None, *, reveal: bool) -> RunView:
    with local_runtime(project) as runtime:

        async def looked() -> Inspection:
            return await inspect(runtime, await chosen(runtime, run), reveal=reveal)

        return finish(looked()).view()
