"""`auterity context show`: where and as whom commands speak with a server."""

from __future__ import annotations

import json

import typer

from auterity_cli.hosted_place import ContextOption, EnvironmentOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, JsonOption, ProjectOption
from auterity_cli.output.printable import printable
from auterity_sdk.hosted.schemas.grant import Grant
from auterity_sdk.hosted.schemas.user import Me
from auterity_sdk.runtime.project import Project


def show(
    context: ContextOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Show which server, organisation and environment commands speak with here, and who is signed in there."""
    place = hosted_place(context, environment, Project.find(project, python=False))
    me = finish(_asked(place))
    chosen = place.profile.context
    told = {
        "context": place.profile.name,
        "server": chosen.server,
        "organisation": chosen.organisation.name if chosen.organisation else None,
        "environment": environment or (chosen.environment.name if chosen.environment else None),
        "signed_in_as": me.name,
        "email": me.email,
        "roles": [f"{each.role.value} of the {each.scope.kind}" for each in _grants(me)],
    }
    if as_json:
        typer.echo(json.dumps(told, indent=2))
        return
    for name, value in told.items():
        text = ", ".join(value) if isinstance(value, list) else value
        if text:
            typer.echo(f"{name.replace('_', ' ')}: {printable(text)}")


def _grants(me: Me) -> list[Grant]:
    return [grant for membership in me.memberships for grant in membership.grants]


async def _asked(place: Place) -> Me:
    async with place.profile.client() as client:
        return await client.me()
