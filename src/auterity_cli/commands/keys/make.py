"""`auterity keys make`: a key by which a program signs in."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from auterity_cli.hosted_organisation import RoleOption, ScopeOption, organisation_id
from auterity_cli.hosted_place import ContextOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, JsonOption, ProjectOption
from auterity_sdk.hosted.schemas.api_key import ApiKeyMade, NewApiKey
from auterity_sdk.hosted.schemas.grant import Role
from auterity_sdk.hosted.scopes import find_scope
from auterity_sdk.runtime.project import Project


def make(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    role: RoleOption,
    scope: ScopeOption = None,
    days: Annotated[int, typer.Option(min=1, max=365, help="So many days it is good.")] = 90,
    context: ContextOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Make an API key with a role, and print its secret, which is shown this once."""
    place = hosted_place(context, None, Project.find(project, python=False))
    made = finish(_made(place, name, role, scope, days))
    if as_json:
        typer.echo(json.dumps(made.model_dump(mode="json"), indent=2))
        return
    key = made.api_key
    typer.echo(f"{key.id}, good until {key.expires_at:%Y-%m-%d}; for AUTERITY_TOKEN:", err=True)
    typer.echo(made.secret)


async def _made(place: Place, name: str, role: Role, scope: str | None, days: int) -> ApiKeyMade:
    async with place.profile.client() as client:
        organisation = await organisation_id(place, client)
        where = await find_scope(client, organisation, scope)
        until = datetime.now(UTC) + timedelta(days=days)
        asked = NewApiKey(name=name, role=role, scope=where, expires_at=until)
        return await client.organisation(organisation).make_api_key(asked)
