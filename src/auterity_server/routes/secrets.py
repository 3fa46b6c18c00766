"""Secrets of an environment: set, list by name, delete. No route gives a value."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, status

from auterity_sdk.hosted.schemas.secret import Secret, SecretName, SecretValue
from auterity_sdk.hosted.schemas.shape import Page
from auterity_server.access.guard import allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Principal
from auterity_server.answers import moment
from auterity_server.database.environment_secrets import EnvironmentSecrets, KeptSecret
from auterity_server.etags import IfMatch, IfMatchOrNew, Shows, Tells
from auterity_server.paging import MOST
from auterity_server.plain_values import must_be_plain
from auterity_server.problems import not_found
from auterity_server.routes.noting import note
from auterity_server.running.held_secrets import seal_secret
from auterity_server.wiring import Wired

router = APIRouter(prefix="/environments/{environment_id}/secrets", tags=["secrets"])

Reads = Annotated[Principal, Depends(allowed(Permission.SECRETS_READ))]
Writes = Annotated[Principal, Depends(allowed(Permission.SECRETS_WRITE))]


@router.get("")
async def secrets(
    environment_id: str,
    wiring: Wired,
    principal: Reads,
    limit: Annotated[int, Query(ge=1, le=MOST, description="So many items at most.")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=100, description="`next` of the page before.")
    ] = None,
) -> Page[Secret]:
    """The names of the secrets, in order, with who set each last."""
    async with wiring.database.reading() as connection:
        kept = await EnvironmentSecrets(connection, principal.organisation, environment_id).all()
    found = [each for each in kept if each.name > (cursor or "")]
    behind = found[limit - 1].name if len(found) > limit else None
    return Page(items=tuple(map(_shown, found[:limit])), next=behind)


@router.get("/{name}")
async def secret(
    environment_id: str, name: SecretName, wiring: Wired, principal: Reads, tag: Shows
) -> Secret:
    """One secret, without its value."""
    async with wiring.database.reading() as connection:
        found = await EnvironmentSecrets(connection, principal.organisation, environment_id).find(
            name
        )
    if found is None:
        raise not_found("secret")
    return tag.tell(_shown(found), found)


@router.put("/{name}", responses={201: {"model": Secret, "description": "There was none."}})
async def put(
    environment_id: str,
    name: SecretName,
    asked: SecretValue,
    wiring: Wired,
    principal: Writes,
    response: Response,
    expected: IfMatchOrNew,
    tag: Tells,
) -> Secret:
    """Set a secret: the next attempt that asks for it is given this value. 201 where there was none of the name."""
    value = asked.value.get_secret_value()
    must_be_plain(value, "body/value")
    sealed = seal_secret(wiring.seal, environment_id, name, value)
    made = KeptSecret(name, sealed, principal.id, wiring.clock.now())
    async with wiring.database.writing() as connection:
        here = EnvironmentSecrets(connection, principal.organisation, environment_id)
        expected.must_be(await here.find(name))
        if await here.put(made):
            response.status_code = status.HTTP_201_CREATED
        await note(connection, wiring, principal, environment_id, "secrets:set", f"secret/{name}")
    await wiring.runs.changed(environment_id)
    return tag.tell(_shown(made), made)


@router.delete("/{name}", status_code=status.HTTP_204_NO_CONTENT)
async def remove(
    environment_id: str, name: SecretName, wiring: Wired, principal: Writes, expected: IfMatch
) -> None:
    """Delete a secret. Steps that ask for it fail from now on."""
    async with wiring.database.writing() as connection:
        here = EnvironmentSecrets(connection, principal.organisation, environment_id)
        found = await here.find(name)
        if found is None:
            raise not_found("secret")
        expected.must_be(found)
        await here.remove(name)
        await note(
            connection, wiring, principal, environment_id, "secrets:delete", f"secret/{name}"
        )
    await wiring.runs.changed(environment_id)


def _shown(kept: KeptSecret) -> Secret:
    return Secret(name=kept.name, by=kept.changed_by, at=moment(kept.changed_at))
