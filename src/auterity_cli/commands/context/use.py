"""`auterity context use`: which server and environment commands take."""

from __future__ import annotations

from typing import Annotated

import typer

from auterity_cli.hosted_place import EnvironmentOption
from auterity_cli.local_runs import finish
from auterity_sdk.hosted.contexts import Context, Named, read_contexts, write_contexts
from auterity_sdk.hosted.finding_places import find_environment, find_organisation
from auterity_sdk.hosted.profile import Profile


def use(
    name: Annotated[str, typer.Argument(help="The context, as auterity context list has it.")],
    environment: EnvironmentOption = None,
    organisation: Annotated[
        str | None,
        typer.Option(help="An organisation, for who belongs to several.", show_default=False),
    ] = None,
) -> None:
    """Choose the context that push, pull, versions, promote, rollback, confirm and trigger take, and what it speaks with.

    runs, approve, send and usage go on serving this machine, unless a project names the context ([hosted] in its settings)
    or --context does.
    """
    known = read_contexts()
    made = known.named(name)
    if environment or organisation:
        made = finish(_changed(Profile(name, made), organisation, environment))
    changed = known.with_context(name, made)
    write_contexts(changed.model_copy(update={"chosen": name}))
    place = made.environment.name if made.environment else "no environment yet"
    typer.echo(f"{name}: {made.server}, {place}")


async def _changed(profile: Profile, organisation: str | None, environment: str | None) -> Context:
    made = profile.context
    async with profile.client() as client:
        if organisation:
            found = await find_organisation(client, organisation)
            named = Named(id=found.id, name=found.name)
            made = made.model_copy(update={"organisation": named, "environment": None})
        if environment:
            within = made.organisation.id if made.organisation else None
            there = await find_environment(client, environment, within)
            named = Named(id=there.id, name=environment)
            made = made.model_copy(update={"environment": named})
    return made
