"""The organisation that a command about people and keys is for."""

from __future__ import annotations

from typing import Annotated

import typer

from auterity_cli.hosted_place import Place
from auterity_sdk.errors import UsageError
from auterity_sdk.hosted.client import HostedClient
from auterity_sdk.hosted.schemas.grant import Role

RoleOption = Annotated[
    Role, typer.Option("--role", help="owner, developer, operator, approver, auditor or viewer.")
]
ScopeOption = Annotated[
    str | None,
    typer.Option(
        "--in",
        metavar="PLACE",
        help="A store, an environment, or columbus/staging for that of a store; else the whole organisation.",
        show_default=False,
    ),
]
BusinessRolesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--answers",
        metavar="ROLE",
        help="An approver's business role, such as sales_manager; may be given again.",
    ),
]


async def organisation_id(place: Place, client: HostedClient) -> str:
    """The context's organisation, or the only one that one belongs to. Raises `UsageError`."""
    chosen = place.profile.context.organisation
    if chosen is not None:
        return chosen.id
    known = [each.organisation for each in (await client.me()).memberships]
    if len(known) == 1:
        return known[0].id
    raise UsageError(
        "which organisation is meant is not clear",
        help="choose one: auterity context use NAME --organisation NAME",
    )
