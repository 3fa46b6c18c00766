"""Grants as they stand in the database, read for each request: what is taken away counts at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.access.permissions import Role
from auterity_server.access.principal import Grant, Kind, Place
from auterity_server.database.tables.grants import grants
from auterity_server.database.tables.members import members


def holder_name(kind: Kind, id: str) -> str:
    """How `grants.holder` names a user or an API key."""
    return f"{kind}:{id}"


def holder_of(kind: Kind, id_: ColumnElement[str]) -> ColumnElement[str]:
    """The same in a query, of a column of ids."""
    return literal(f"{kind}:") + id_


async def grants_of_user(connection: AsyncConnection, user: str) -> tuple[Grant, ...]:
    """Those of a person, in the organisations that they have joined, and are active in."""
    active = and_(
        members.c.organisation_id == grants.c.organisation_id,
        members.c.user_id == user,
        members.c.active.is_(True),
        members.c.invited.is_(False),
    )
    return await _of(connection, _held_by(Kind.USER, user).join(members, active))


async def grants_of_key(
    connection: AsyncConnection, key: str, organisation: str
) -> tuple[Grant, ...]:
    """Those of an API key, in the organisation that it belongs to."""
    held = _held_by(Kind.API_KEY, key)
    return await _of(connection, held.where(grants.c.organisation_id == organisation))


def grant_of(row: Row[Any]) -> Grant:
    """A row of `grants`."""
    place = Place(row.organisation_id, row.store_id, row.environment_id)
    return Grant(Role(row.role), place, frozenset(row.answers))


def _held_by(kind: Kind, id: str) -> Select[Any]:
    return select(grants).where(grants.c.holder == holder_name(kind, id))


async def _of(connection: AsyncConnection, query: Select[Any]) -> tuple[Grant, ...]:
    rows: Iterable[Row[Any]] = (await connection.execute(query)).all()
    return tuple(grant_of(row) for row in rows)
