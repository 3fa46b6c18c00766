"""`auterity users notify`: whether the server mails what waits for oneself."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from auterity_cli.hosted_place import ContextOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, JsonOption, ProjectOption
from auterity_sdk.hosted.schemas.user import Me
from auterity_sdk.runtime.project import Project


class Choice(StrEnum):
    """Whether mails are wanted."""

    ON = "on"
    OFF = "off"


def notify(
    choice: Annotated[
        Choice | None, typer.Argument(help="Without, it is told how it stands.")
    ] = None,
    context: ContextOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Let the server mail you what waits for you, or no more: approvals in your business roles, deployments that need a
    second person, and how yours were decided."""
    place = hosted_place(context, None, Project.find(project, python=False))
    me = finish(_chosen(place, choice))
    if as_json:
        typer.echo(json.dumps({"notified": me.notified}))
        return
    typer.echo(Choice.ON.value if me.notified else Choice.OFF.value)


async def _chosen(place: Place, choice: Choice | None) -> Me:
    async with place.profile.client() as client:
        if choice is None:
            return await client.me()
        return await client.be_notified(notified=choice is Choice.ON)
