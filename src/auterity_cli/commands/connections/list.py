"""`auterity connections list`: an environment's own connections."""

from __future__ import annotations

from functools import partial

from auterity_cli.hosted_place import ContextOption, EnvironmentOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.connections import print_connections
from auterity_cli.output.console import Color
from auterity_cli.output.listed import print_listed
from auterity_sdk.hosted.schemas.connection import Connection
from auterity_sdk.runtime.project import Project


def list_connections(
    context: ContextOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """List an environment's own connections. Those of the server's operator are not among them."""
    place = hosted_place(context, environment, Project.find(project, python=False))
    found = finish(_listed(place))
    print_listed(found, "connection", partial(print_connections, color=color), as_json=as_json)


async def _listed(place: Place) -> list[Connection]:
    async with place.profile.in_environment() as environment:
        return [each async for each in environment.connections()]
