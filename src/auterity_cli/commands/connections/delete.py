"""`auterity connections delete`: workflows use it no more."""

from __future__ import annotations

from typing import Annotated

import typer

from auterity_cli.hosted_place import ContextOption, EnvironmentOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, ProjectOption
from auterity_sdk.runtime.project import Project


def delete(
    name: Annotated[str, typer.Argument(help="The connection's name.")],
    context: ContextOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
) -> None:
    """Delete a connection. What asked for it uses those of the server's operator, or fails."""
    place = hosted_place(context, environment, Project.find(project, python=False))
    finish(_deleted(place, name))
    typer.echo(f"deleted {name}", err=True)


async def _deleted(place: Place, name: str) -> None:
    async with place.profile.in_environment() as environment:
        await environment.delete_connection(name)
