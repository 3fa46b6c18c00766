"""`auterity trusts add`: let jobs of a CI service sign in by its tokens."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from pydantic import ValidationError

from auterity_cli.hosted_organisation import RoleOption, ScopeOption, organisation_id
from auterity_cli.hosted_place import ContextOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, JsonOption, ProjectOption
from auterity_sdk.errors import UsageError
from auterity_sdk.hosted.schemas.grant import Role
from auterity_sdk.hosted.schemas.trust import LONGEST, NewTrust, Trust
from auterity_sdk.hosted.scopes import find_scope
from auterity_sdk.runtime.project import Project

_ACTIONS = "https://token.actions.githubusercontent.com"


def add(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    role: RoleOption,
    where: Annotated[
        list[str],
        typer.Option(
            "--where",
            metavar="CLAIM=TEXT",
            help="A claim that the token must have, to the letter; given again for one claim, one of the texts.",
        ),
    ],
    issuer: Annotated[
        str, typer.Option(help="Who signs the tokens (OpenID Connect); else GitHub Actions.")
    ] = _ACTIONS,
    audience: Annotated[
        str | None,
        typer.Option(help="For whom they are; else the server's address.", show_default=False),
    ] = None,
    scope: ScopeOption = None,
    seconds: Annotated[
        int, typer.Option(min=60, max=LONGEST, help="So long a job stays signed in.")
    ] = 900,
    context: ContextOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Trust the tokens of a CI service, and print the id by which its jobs name the trust."""
    place = hosted_place(context, None, Project.find(project, python=False))
    wanted = {
        "name": name,
        "issuer": issuer,
        "audience": audience or place.profile.context.server.rstrip("/"),
        "conditions": _conditions(where),
        "lifetime": seconds,
    }
    made = finish(_added(place, wanted, role, scope))
    if as_json:
        typer.echo(json.dumps(made.model_dump(mode="json"), indent=2))
        return
    typer.echo("for AUTERITY_OIDC_TRUST:", err=True)
    typer.echo(made.id)


async def _added(place: Place, wanted: dict[str, object], role: Role, scope: str | None) -> Trust:
    async with place.profile.client() as client:
        organisation = await organisation_id(place, client)
        where = await find_scope(client, organisation, scope)
        asked = _asked({**wanted, "role": role, "scope": where})
        return await client.organisation(organisation).trust(asked)


def _conditions(where: list[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for each in where:
        claim, equals, text = each.partition("=")
        if not equals:
            raise UsageError(
                "--where takes CLAIM=TEXT", help="such as --where repository=smith-auto/workflows"
            )
        found[claim] = (*found.get(claim, ()), text)
    return found


def _asked(wanted: dict[str, object]) -> NewTrust:
    try:
        return NewTrust.model_validate(wanted)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UsageError(
            f"that is no trust: {place}: {first['msg']}",
            help="auterity trusts add --help says what is asked for",
        ) from None
