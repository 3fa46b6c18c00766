"""Where a request is: an organisation, one of its stores, one of its environments."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.database.tables.environments import environments
from auterity_server.database.tables.organisations import organisations
from auterity_server.database.tables.stores import stores


class Organisation(Struct, frozen=True):
    """A dealership group. `name` is unique on the server, `title` is for people."""

    id: str
    name: str
    title: str
    created_at: int


class StorePlace(Struct, frozen=True):
    """A rooftop."""

    id: str
    organisation_id: str
    name: str
    title: str
    created_at: int


class Environment(Struct, frozen=True):
    """An environment; `store_id` is None where it is the whole organisation's."""

    id: str
    organisation_id: str
    store_id: str | None
    name: str
    protected: bool
    created_at: int


_ORGANISATION = (
    organisations.c.id,
    organisations.c.name,
    organisations.c.title,
    organisations.c.created_at,
)
_STORE = (
    stores.c.id,
    stores.c.organisation_id,
    stores.c.name,
    stores.c.title,
    stores.c.created_at,
)
_ENVIRONMENT = (
    environments.c.id,
    environments.c.organisation_id,
    environments.c.store_id,
    environments.c.name,
    environments.c.protected,
    environments.c.created_at,
)


async def organisation_of(connection: AsyncConnection, id: str) -> Organisation | None:
    """The organisation of that id. For the guard: it knows only then whose it is."""
    row = (
        await connection.execute(select(*_ORGANISATION).where(organisations.c.id == id))
    ).one_or_none()
    return None if row is None else Organisation(*row)


async def store_of(connection: AsyncConnection, id: str) -> StorePlace | None:
    """The store of that id. For the guard: it knows only then whose it is."""
    row = (await connection.execute(select(*_STORE).where(stores.c.id == id))).one_or_none()
    return None if row is None else StorePlace(*row)


async def environment_of(connection: AsyncConnection, id: str) -> Environment | None:
    """The environment of that id. For the guard: it knows only then whose it is."""
    query = select(*_ENVIRONMENT).where(environments.c.id == id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _environment(row)


async def all_environments(connection: AsyncConnection) -> list[Environment]:
    """Those of all organisations. For the worker, which carries on the runs of each apart."""
    rows = await connection.execute(select(*_ENVIRONMENT).order_by(environments.c.id))
    return [_environment(row) for row in rows]


def _environment(row: Any) -> Environment:
    return Environment(*row)
