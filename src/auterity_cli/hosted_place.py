"""Which server and environment a command speaks with, if it does not serve this machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct

from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.project import Project

if TYPE_CHECKING:  # a command for this machine needs no client
    from auterity_sdk.hosted.profile import Profile

LOCAL = "local"
SERVER = "AUTERITY_SERVER"

ContextOption = Annotated[
    str | None,
    typer.Option(
        "--context",
        envvar="AUTERITY_CONTEXT",
        metavar="NAME",
        help="A server by its context of auterity login.",
        show_default=False,
    ),
]
WhereOption = Annotated[
    str | None,
    typer.Option(
        "--context",
        envvar="AUTERITY_CONTEXT",
        metavar="NAME",
        help="The runs of a server, by its context of auterity login; local: those here. Else as [hosted] says.",
        show_default=False,
    ),
]
EnvironmentOption = Annotated[
    str | None,
    typer.Option(
        "--environment",
        "-e",
        metavar="NAME",
        help="Another environment than the context's: staging, or columbus/staging for one of a store.",
        show_default=False,
    ),
]


class Place(Struct, frozen=True):
    """`options` are what names the place on a command line, with a blank before it; empty where none is needed."""

    profile: Profile
    options: str


def hosted_place(context: str | None, environment: str | None, project: Project) -> Place:
    """The server that is meant. Raises `UsageError` where there is none."""
    from auterity_sdk.hosted.profile import find_profile  # here: it brings the HTTP client along

    if context == LOCAL:
        raise UsageError(f"{LOCAL} is this machine, and no server", help="auterity login URL")
    named = project.settings.hosted.context
    profile = find_profile(context or "", named, environment or "")
    options = "" if profile.name in ("", named) else f" --context {profile.name}"
    if profile.environment:
        options += f" --environment {profile.environment}"
    return Place(profile, options)


def place_if_hosted(context: str | None, environment: str | None, project: Project) -> Place | None:
    """The server that is meant, or None for this machine: where no context is named by option, variable or project."""
    if context == LOCAL:
        return None
    named = context or project.settings.hosted.context or os.environ.get(SERVER)
    return hosted_place(context, environment, project) if named or environment else None


def only_here(place: Place | None, **given: object) -> None:
    """Refuse options that are for runs on this machine alone."""
    for name, value in given.items():
        if place is not None and value:
            raise UsageError(
                f"--{name.replace('_', '-')} is for runs on this machine",
                help="--context local is this machine",
            )
