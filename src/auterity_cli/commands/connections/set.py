"""`auterity connections set`: what an environment's workflows speak with."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from auterity_cli.hosted_place import ContextOption, EnvironmentOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, ProjectOption
from auterity_cli.output.connections import print_connections
from auterity_cli.output.console import Color
from auterity_cli.pairs import read_pairs
from auterity_sdk.hosted.schemas.connection import Connection, NewConnection
from auterity_sdk.runtime.project import Project


class Uses(StrEnum):
    """What a connection may use."""

    OUTBOX = "outbox"
    SMTP = "smtp"
    HTTP = "http"
    OPENAI = "openai"
    AZURE = "azure"
    OFFLINE = "offline"


def set_connection(
    name: Annotated[str, typer.Argument(help="As workflows write it: connection: NAME.")],
    uses: Annotated[Uses, typer.Argument(help="What it uses.", metavar="USES")],
    options: Annotated[
        list[str] | None,
        typer.Argument(
            help="Its options, as [connections.NAME] has them: url=https://…; a secret is secret:NAME."
        ),
    ] = None,
    header: Annotated[
        list[str] | None,
        typer.Option(help="With http: a header, such as Authorization=secret:CRM_TOKEN."),
    ] = None,
    context: ContextOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
) -> None:
    """Set a connection of an environment: its workflows use it before those of the server's operator.

    It speaks with addresses of the public Internet alone.
    """
    place = hosted_place(context, environment, Project.find(project, python=False))
    given: dict[str, Any] = read_pairs(options or [])
    if header:
        given["headers"] = dict(each.partition("=")[::2] for each in header)
    found = finish(_set(place, name, NewConnection(uses=uses.value, options=given)))
    print_connections([found], Color.AUTO)


async def _set(place: Place, name: str, asked: NewConnection) -> Connection:
    async with place.profile.in_environment() as environment:
        return await environment.set_connection(name, asked)
