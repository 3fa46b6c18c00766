"""`auterity users invite`: add a person to the organisation."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from auterity_cli.hosted_organisation import (
    BusinessRolesOption,
    RoleOption,
    ScopeOption,
    organisation_id,
)
from auterity_cli.hosted_place import ContextOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, JsonOption, ProjectOption
from auterity_cli.output.printable import printable
from auterity_sdk.hosted.schemas.grant import Role
from auterity_sdk.hosted.schemas.user import NewUser, UserMade
from auterity_sdk.hosted.scopes import find_scope
from auterity_sdk.runtime.project import Project


def invite(
    email: Annotated[str, typer.Argument(help="The e-mail address, by which the person signs in.")],
    role: RoleOption,
    name: Annotated[str, typer.Option(help="How people call them; else the address.")] = "",
    scope: ScopeOption = None,
    answers: BusinessRolesOption = None,
    context: ContextOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Add a person with a role; somebody new gets a link by which they sign in, once.

    A server that sends mail sends it to them. Else it is printed: pass it on by a way that you trust. Whoever has it becomes
    that person here.
    """
    place = hosted_place(context, None, Project.find(project, python=False))
    made = finish(_invited(place, email, name or email, role, scope, answers or []))
    if as_json:
        typer.echo(json.dumps(made.model_dump(mode="json"), indent=2))
        return
    if made.mailed:
        typer.echo(f"a mail is on its way to {printable(made.user.email)}", err=True)
        return
    if made.sign_in_link is None:
        typer.echo(f"{printable(made.user.email)} signs in as before", err=True)
        return
    typer.echo(f"for {printable(made.user.email)}, to sign in once:", err=True)
    typer.echo(made.sign_in_link)


async def _invited(
    place: Place, email: str, name: str, role: Role, scope: str | None, answers: list[str]
) -> UserMade:
    async with place.profile.client() as client:
        organisation = await organisation_id(place, client)
        where = await find_scope(client, organisation, scope)
        asked = NewUser.model_validate(
            {
                "email": email,
                "name": name,
                "role": role,
                "scope": where,
                "business_roles": tuple(answers),
            }
        )
        return await client.organisation(organisation).add_user(asked)
