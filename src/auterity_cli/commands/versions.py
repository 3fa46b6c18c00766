"""`auterity versions`: the versions of a workflow in an environment."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from auterity_cli.hosted_place import ContextOption, EnvironmentOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color
from auterity_cli.output.deployments import print_versions
from auterity_sdk.hosted.schemas.workflow import Version, WorkflowDetails
from auterity_sdk.runtime.project import Project

app = typer.Typer(add_completion=False)


@app.command()
def versions(
    workflow: Annotated[str, typer.Argument(help="The workflow's name.")],
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
    context: ContextOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """List the versions of a workflow that an environment had, the last first; the live one is marked.

    A version is the hash of what a workflow means, so that the same one has the same name in every environment.
    """
    place = hosted_place(context, environment, Project.find(project, python=False))
    details, found = finish(_listed(place, workflow, limit))
    live = details.live.version if details.live else None
    if as_json:
        rows = [{**each.model_dump(mode="json"), "live": each.version == live} for each in found]
        typer.echo(json.dumps(rows, indent=2))
        return
    print_versions(found, live, color)
    if details.pending is not None:
        said = f"{details.pending.version[:12]} waits for a second person"
        typer.echo(f"{said}: auterity confirm {workflow}{place.options}", err=True)


async def _listed(place: Place, workflow: str, limit: int) -> tuple[WorkflowDetails, list[Version]]:
    async with place.profile.in_environment() as environment:
        details = await environment.workflow(workflow)
        return details, [each async for each in environment.versions(workflow, limit)]
