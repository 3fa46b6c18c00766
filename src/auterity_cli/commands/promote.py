"""`auterity promote`: what is live in one environment goes live in another."""

from __future__ import annotations

from typing import Annotated

import typer

from auterity_cli.hosted_place import ContextOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color
from auterity_cli.output.deployments import print_pushed
from auterity_sdk.hosted.schemas.deployment import Promotion
from auterity_sdk.hosted.schemas.push import Pushed
from auterity_sdk.runtime.project import Project

app = typer.Typer(add_completion=False)


@app.command()
def promote(
    source: Annotated[
        str, typer.Argument(help="The environment from which: staging, columbus/staging.")
    ],
    target: Annotated[str, typer.Argument(help="The environment in which they go live.")],
    workflows: Annotated[
        list[str] | None,
        typer.Argument(help="Workflows; without one, all that are live.", metavar="[WORKFLOW]"),
    ] = None,
    message: Annotated[str, typer.Option("--message", "-m", help="What it is for.")] = "",
    context: ContextOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Make live in one environment the very versions that are live in another, all together or none.

    The server checks them again with what is live there. In a protected environment they wait for a second person.
    """
    place = hosted_place(context, target, Project.find(project, python=False))
    pushed = finish(_promoted(place, source, target, workflows or [], message))
    if as_json:
        typer.echo(pushed.model_dump_json(indent=2))
    else:
        print_pushed(pushed, color, place.options)


async def _promoted(
    place: Place, source: str, target: str, workflows: list[str], message: str
) -> Pushed:
    async with place.profile.client() as client:
        where_from = await place.profile.environment_id(client, source)
        where_to = await place.profile.environment_id(client, target)
        promotion = Promotion(source=where_from, workflows=tuple(workflows), message=message)
        return await client.environment(where_to).promote(promotion)
