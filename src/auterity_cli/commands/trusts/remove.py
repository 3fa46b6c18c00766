"""`auterity trusts remove`: trust no more."""

from __future__ import annotations

from typing import Annotated

import typer

from auterity_cli.hosted_organisation import organisation_id
from auterity_cli.hosted_place import ContextOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, ProjectOption
from auterity_sdk.runtime.project import Project


def remove(
    trust: Annotated[str, typer.Argument(help="The trust's id: auterity trusts list.")],
    context: ContextOption = None,
    project: ProjectOption = HERE,
) -> None:
    """Take no more tokens by a trust; the keys that were given for it are refused from now on."""
    finish(_removed(hosted_place(context, None, Project.find(project, python=False)), trust))
    typer.echo(f"removed {trust}", err=True)


async def _removed(place: Place, trust: str) -> None:
    async with place.profile.client() as client:
        here = client.organisation(await organisation_id(place, client))
        await here.remove_trust(trust)
