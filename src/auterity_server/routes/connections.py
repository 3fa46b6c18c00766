"""Connections of an environment: set, look, delete. Its workflows use them before those of the server's operator."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, status
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_sdk.errors import ConfigurationError
from auterity_sdk.hosted.schemas.connection import Connection, ConnectionName, NewConnection
from auterity_sdk.hosted.schemas.shape import Page
from auterity_server.access.guard import allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Principal
from auterity_server.answers import moment
from auterity_server.database.connections import ConnectionsOf, KeptConnection
from auterity_server.database.environment_secrets import EnvironmentSecrets
from auterity_server.etags import IfMatch, IfMatchOrNew, Shows, Tells
from auterity_server.paging import MOST
from auterity_server.plain_values import must_be_plain
from auterity_server.problems import conflict, not_found, wrong_value
from auterity_server.routes.noting import note
from auterity_server.running.environment_connections import check_own
from auterity_server.running.own_settings import secrets_in
from auterity_server.wiring import Wired

router = APIRouter(prefix="/environments/{environment_id}/connections", tags=["connections"])

Reads = Annotated[Principal, Depends(allowed(Permission.CONNECTIONS_READ))]
Manages = Annotated[Principal, Depends(allowed(Permission.CONNECTIONS_MANAGE))]


@router.get("")
async def connections(
    environment_id: str,
    wiring: Wired,
    principal: Reads,
    limit: Annotated[int, Query(ge=1, le=MOST, description="So many items at most.")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=100, description="`next` of the page before.")
    ] = None,
) -> Page[Connection]:
    """The environment's own connections, by name; without those of the server's operator."""
    async with wiring.database.reading() as connection:
        kept = await ConnectionsOf(connection, principal.organisation, environment_id).all()
        known = await _secrets(connection, principal, environment_id)
    found = [each for each in kept if each.name > (cursor or "")]
    behind = found[limit - 1].name if len(found) > limit else None
    return Page(items=tuple(_shown(each, known) for each in found[:limit]), next=behind)


@router.get("/{name}")
async def connection(
    environment_id: str, name: ConnectionName, wiring: Wired, principal: Reads, tag: Shows
) -> Connection:
    """One connection."""
    async with wiring.database.reading() as reading:
        kept = await ConnectionsOf(reading, principal.organisation, environment_id).all()
        known = await _secrets(reading, principal, environment_id)
    found = next((each for each in kept if each.name == name), None)
    if found is None:
        raise not_found("connection")
    return tag.tell(_shown(found, known), found.revision)


@router.put("/{name}", responses={201: {"model": Connection, "description": "There was none."}})
async def put(
    environment_id: str,
    name: ConnectionName,
    asked: NewConnection,
    wiring: Wired,
    principal: Manages,
    response: Response,
    expected: IfMatchOrNew,
    tag: Tells,
) -> Connection:
    """Set a connection: the next attempt uses it. 201 where there was none of the name."""
    must_be_plain(asked.options, "body/options")
    made = KeptConnection(
        name,
        asked.uses,
        asked.options,
        secrets.token_hex(8),
        principal.id,
        wiring.clock.now(),
    )
    async with wiring.database.writing() as writing:
        here = ConnectionsOf(writing, principal.organisation, environment_id)
        kept = {each.name: each for each in await here.all()}
        expected.must_be(kept[name].revision if name in kept else None)
        try:
            check_own({each.name: each.table for each in (kept | {name: made}).values()})
        except ConfigurationError as error:
            raise wrong_value("body/options", error.message, help=error.help) from None
        await here.put(made)
        await note(
            writing,
            wiring,
            principal,
            environment_id,
            "connections:set",
            f"connection/{name}",
            uses=made.uses,
        )
        known = await _secrets(writing, principal, environment_id)
    await wiring.runs.changed(environment_id)
    if name not in kept:
        response.status_code = status.HTTP_201_CREATED
    return tag.tell(_shown(made, known), made.revision)


@router.delete("/{name}", status_code=status.HTTP_204_NO_CONTENT)
async def remove(
    environment_id: str,
    name: ConnectionName,
    wiring: Wired,
    principal: Manages,
    expected: IfMatch,
) -> None:
    """Delete a connection. One that another falls back on stays."""
    async with wiring.database.writing() as writing:
        here = ConnectionsOf(writing, principal.organisation, environment_id)
        kept = {each.name: each for each in await here.all()}
        found = kept.pop(name, None)
        if found is None:
            raise not_found("connection")
        expected.must_be(found.revision)
        try:
            check_own({each.name: each.table for each in kept.values()})
        except ConfigurationError as error:
            raise conflict(error.message) from None
        await here.remove(name)
        await note(
            writing,
            wiring,
            principal,
            environment_id,
            "connections:delete",
            f"connection/{name}",
            uses=found.uses,
        )
    await wiring.runs.changed(environment_id)


async def _secrets(
    connection: AsyncConnection, principal: Principal, environment_id: str
) -> set[str]:
    here = EnvironmentSecrets(connection, principal.organisation, environment_id)
    return {each.name for each in await here.all()}


def _shown(kept: KeptConnection, known: set[str]) -> Connection:
    named = sorted(set(secrets_in(kept.options)))
    return Connection(
        name=kept.name,
        uses=kept.uses,
        options=dict(kept.options),
        secrets=tuple(named),
        missing=tuple(each for each in named if each not in known),
        by=kept.changed_by,
        at=moment(kept.changed_at),
    )
