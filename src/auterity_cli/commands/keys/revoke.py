"""`auterity keys revoke`: let a key count no longer."""

from __future__ import annotations

from typing import Annotated

import typer

from auterity_cli.hosted_organisation import organisation_id
from auterity_cli.hosted_place import ContextOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, ProjectOption
from auterity_sdk.runtime.project import Project


def revoke(
    key: Annotated[str, typer.Argument(help="The key's id: auterity keys list.")],
    context: ContextOption = None,
    project: ProjectOption = HERE,
) -> None:
    """Refuse an API key from now on."""
    finish(_revoked(hosted_place(context, None, Project.find(project, python=False)), key))
    typer.echo(f"revoked {key}", err=True)


async def _revoked(place: Place, key: str) -> None:
    async with place.profile.client() as client:
        here = client.organisation(await organisation_id(place, client))
        await here.revoke_api_key(key)
