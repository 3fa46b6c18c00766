"""Where a request is: an organisation, one of its stores, one of its environments."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.database.ids import new_id
from auterity_server.database.tables.environments import environments
from auterity_server.database.tables.members import members
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


class PlacesOf(Struct, frozen=True):
    """The stores and environments of one organisation, over an open connection. No other's are ever given."""

    connection: AsyncConnection
    organisation: str

    async def stores(self, after: tuple[int, str], limit: int) -> list[StorePlace]:
        """The stores, the first to be made first, behind that one."""
        query = select(*_STORE).where(
            stores.c.organisation_id == self.organisation,
            _behind(stores.c.created_at, stores.c.id, after),
        )
        query = query.order_by(stores.c.created_at, stores.c.id).limit(limit)
        return [_store(row) for row in await self.connection.execute(query)]

    async def environments(
        self, after: tuple[int, str], limit: int, *, store: str | None = None
    ) -> list[Environment]:
        """The environments, likewise; those of one store alone, if it is given."""
        query = select(*_ENVIRONMENT).where(
            environments.c.organisation_id == self.organisation,
            _behind(environments.c.created_at, environments.c.id, after),
        )
        if store is not None:
            query = query.where(environments.c.store_id == store)
        query = query.order_by(environments.c.created_at, environments.c.id).limit(limit)
        return [_environment(row) for row in await self.connection.execute(query)]

    async def store(self, id: str) -> StorePlace | None:
        """One store."""
        query = select(*_STORE).where(
            stores.c.organisation_id == self.organisation, stores.c.id == id
        )
        row = (await self.connection.execute(query)).one_or_none()
        return None if row is None else _store(row)

    async def environment(self, id: str) -> Environment | None:
        """One environment."""
        query = select(*_ENVIRONMENT).where(
            environments.c.organisation_id == self.organisation, environments.c.id == id
        )
        row = (await self.connection.execute(query)).one_or_none()
        return None if row is None else _environment(row)

    async def add_store(self, name: str, title: str, at: int) -> StorePlace | None:
        """Make a store; None where one has the name."""
        taken = select(stores.c.id).where(
            stores.c.organisation_id == self.organisation, stores.c.name == name
        )
        if (await self.connection.execute(taken)).first() is not None:
            return None
        made = StorePlace(new_id("sto"), self.organisation, name, title, at)
        await self.connection.execute(insert(stores).values(asdict(made)))
        return made

    async def add_environment(
        self, name: str, store: str | None, at: int, *, protected: bool
    ) -> Environment | None:
        """Make an environment of a store, or of the organisation; None where one has the name there."""
        taken = select(environments.c.id).where(
            environments.c.organisation_id == self.organisation,
            environments.c.place == (store or ""),
            environments.c.name == name,
        )
        if (await self.connection.execute(taken)).first() is not None:
            return None
        made = Environment(new_id("env"), self.organisation, store, name, protected, at)
        row = {**asdict(made), "place": store or ""}
        await self.connection.execute(insert(environments).values(row))
        return made

    async def protect(self, id: str, *, protected: bool) -> None:
        """Say whether what is pushed to an environment waits for a second person."""
        await self.connection.execute(
            update(environments)
            .where(environments.c.organisation_id == self.organisation, environments.c.id == id)
            .values(protected=protected)
        )


async def add_organisation(
    connection: AsyncConnection, name: str, title: str, at: int
) -> Organisation | None:
    """Make an organisation; None where one has the name. Who may do so, and who owns it then, is for access to say."""
    taken = select(organisations.c.id).where(organisations.c.name == name)
    if (await connection.execute(taken)).first() is not None:
        return None
    made = Organisation(new_id("org"), name, title, at)
    await connection.execute(insert(organisations).values(asdict(made)))
    return made


async def first_organisation(connection: AsyncConnection) -> Organisation | None:
    """The first organisation that was made here. For the first admin."""
    query = select(*_ORGANISATION).order_by(organisations.c.created_at, organisations.c.id).limit(1)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Organisation(*row)


async def organisations_of_user(connection: AsyncConnection, user: str) -> list[str]:
    """The ids of those that a person has joined."""
    query = select(members.c.organisation_id).where(
        members.c.user_id == user, members.c.invited.is_(False)
    )
    return list((await connection.execute(query)).scalars())


async def organisations_of_server(
    connection: AsyncConnection, name: str | None
) -> list[Organisation]:
    """The first two organisations, or the one of that name. For a process that works on the server's own data."""
    query = select(*_ORGANISATION).order_by(organisations.c.created_at, organisations.c.id).limit(2)
    if name is not None:
        query = query.where(organisations.c.name == name)
    return [Organisation(*row) for row in await connection.execute(query)]


def _behind(
    at: ColumnElement[int], id: ColumnElement[str], after: tuple[int, str]
) -> ColumnElement[bool]:
    return or_(at > after[0], and_(at == after[0], id > after[1]))


def _store(row: Any) -> StorePlace:
    return StorePlace(*row)


def _environment(row: Any) -> Environment:
    return Environment(*row)
