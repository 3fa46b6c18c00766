"""`auterity rollback`: an earlier version goes live again."""

from __future__ import annotations

from typing import Annotated

import typer

from auterity_cli.hosted_place import ContextOption, EnvironmentOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color
from auterity_cli.output.deployments import print_pushed
from auterity_cli.version_choice import chosen_version
from auterity_sdk.hosted.schemas.deployment import Rollback
from auterity_sdk.hosted.schemas.push import Pushed
from auterity_sdk.runtime.project import Project

app = typer.Typer(add_completion=False)


@app.command()
def rollback(
    workflow: Annotated[str, typer.Argument(help="The workflow's name.")],
    to: Annotated[
        str | None,
        typer.Option(help="The version, by how it begins; else the one that was live before."),
    ] = None,
    message: Annotated[str, typer.Option("--message", "-m", help="Why.")] = "",
    context: ContextOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Make an earlier version of a workflow live again. Runs that go by another one end by it.

    In a protected environment it waits for a second person, as a push does.
    """
    place = hosted_place(context, environment, Project.find(project, python=False))
    pushed = finish(_rolled_back(place, workflow, to, message))
    if as_json:
        typer.echo(pushed.model_dump_json(indent=2))
    else:
        print_pushed(pushed, color, place.options)


async def _rolled_back(place: Place, workflow: str, to: str | None, message: str) -> Pushed:
    async with place.profile.in_environment() as environment:
        version = None
        if to is not None:
            version = (await chosen_version(environment, workflow, to)).version
        return await environment.roll_back(workflow, Rollback(to=version, message=message))
