"""Which version of a workflow a command is about."""

from __future__ import annotations

from typing import Annotated

import typer

from auterity_sdk.errors import UsageError
from auterity_sdk.hosted.environment import HostedEnvironment
from auterity_sdk.hosted.schemas.workflow import Version

VersionOption = Annotated[
    str | None,
    typer.Option("--version", help="Another version than the live one: how its hash begins."),
]


async def chosen_version(environment: HostedEnvironment, workflow: str, begins: str) -> Version:
    """The one version that begins so. Raises `UsageError` where there is none, or several."""
    known = [each async for each in environment.versions(workflow)]
    found = [each for each in known if each.version.startswith(begins.lower())]
    if len(found) == 1:
        return found[0]
    said = "several versions begin" if found else "no version begins"
    raise UsageError(
        f"{said} with {begins}", help=f"auterity versions {workflow} lists those of the environment"
    )
