"""`auterity secrets list`: the names of an environment's secrets."""

from __future__ import annotations

import json

import typer

from auterity_cli.hosted_place import ContextOption, EnvironmentOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color, console
from auterity_sdk.hosted.schemas.secret import Secret
from auterity_sdk.runtime.project import Project


def list_secrets(
    context: ContextOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """List the secrets by name, with who set each last and when. No command shows a value."""
    place = hosted_place(context, environment, Project.find(project, python=False))
    found = finish(_listed(place))
    if as_json:
        typer.echo(json.dumps([each.model_dump(mode="json") for each in found], indent=2))
        return
    out = console("out", color)
    for each in found:
        out.print(f"{each.name}  {each.at:%Y-%m-%d %H:%M}  by {each.by}", highlight=False)
    typer.echo(f"{len(found)} secret{'' if len(found) == 1 else 's'}", err=True)


async def _listed(place: Place) -> list[Secret]:
    async with place.profile.in_environment() as environment:
        return [each async for each in environment.secrets()]
