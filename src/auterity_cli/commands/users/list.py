"""`auterity users list`: who belongs to the organisation, with which roles."""

from __future__ import annotations

import json

import typer

from auterity_cli.hosted_organisation import organisation_id
from auterity_cli.hosted_place import ContextOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, JsonOption, ProjectOption
from auterity_cli.output.printable import printable
from auterity_sdk.hosted.schemas.grant import Grant
from auterity_sdk.hosted.schemas.user import User
from auterity_sdk.runtime.project import Project


def list_users(
    context: ContextOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """List the people of the organisation, and their roles."""
    place = hosted_place(context, None, Project.find(project, python=False))
    users, grants = finish(_asked(place))
    if as_json:
        rows = [
            {
                **user.model_dump(mode="json"),
                "grants": [each.model_dump(mode="json") for each in grants if each.user == user.id],
            }
            for user in users
        ]
        typer.echo(json.dumps(rows, indent=2))
        return
    for user in users:
        roles = ", ".join(_words(each) for each in grants if each.user == user.id)
        state = "" if user.active else "  (not active)"
        typer.echo(f"{printable(user.email)}  {printable(user.name)}  {roles}{state}")


def _words(grant: Grant) -> str:
    answers = f" as {', '.join(grant.business_roles)}" if grant.business_roles else ""
    return f"{grant.role.value} of the {grant.scope.kind}{answers}"


async def _asked(place: Place) -> tuple[list[User], list[Grant]]:
    async with place.profile.client() as client:
        here = client.organisation(await organisation_id(place, client))
        return [each async for each in here.users()], [each async for each in here.grants()]
