"""`auterity confirm`: the second person's answer to what was pushed into a protected environment."""

from __future__ import annotations

from typing import Annotated

import typer

from auterity_cli.hosted_place import ContextOption, EnvironmentOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color, console
from auterity_cli.output.deployments import deployment_line
from auterity_cli.output.listed import print_json
from auterity_sdk.errors import UsageError
from auterity_sdk.hosted.schemas.deployment import Deployment
from auterity_sdk.runtime.project import Project

app = typer.Typer(add_completion=False)


@app.command()
def confirm(
    workflow: Annotated[
        str | None, typer.Argument(help="The workflow's name; without, what waits is listed.")
    ] = None,
    reject: Annotated[bool, typer.Option("--reject", help="Reject it instead.")] = False,
    context: ContextOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Let a version go live that waits for a second person, or reject it. Who pushed it cannot confirm it."""
    place = hosted_place(context, environment, Project.find(project, python=False))
    found = finish(_answered(place, workflow, approved=not reject))
    if as_json:
        print_json(found)
        return
    for each in found:
        console("out", color).print(deployment_line(each))
    if not found:
        typer.echo("nothing waits for a second person", err=True)


async def _answered(place: Place, workflow: str | None, *, approved: bool) -> list[Deployment]:
    async with place.profile.in_environment() as environment:
        waiting = [each async for each in environment.deployments("pending", workflow or "")]
        if workflow is None:
            return waiting
        if not waiting:
            raise UsageError(
                f"no version of `{workflow}` waits for a second person",
                help="auterity confirm lists what does",
            )
        return [await environment.answer_deployment(each.id, approved=approved) for each in waiting]
