"""Organisations, stores and environments as the database has them."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.access.principal import Place
from auterity_server.database.database import Database
from auterity_server.database.places import environment_of, organisation_of, store_of

_MOST = 100_000


class DatabasePlaces:
    """Finds them by their ids, and remembers them: a thing never moves to another place."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[tuple[str, str], Place] = {}

    async def find(self, kind: str, id: str) -> Place | None:
        """The place of that kind; None if there is none."""
        known = self._known.get((kind, id))
        return known or await self._looked_up(kind, id)

    async def _looked_up(self, kind: str, id: str) -> Place | None:
        async with self._database.reading() as connection:
            found = await place(connection, kind, id)
        if found is not None and len(self._known) < _MOST:
            self._known[kind, id] = found
        return found


async def place(connection: AsyncConnection, kind: str, id: str) -> Place | None:
    """The place of that kind, in the caller's transaction; None if there is none."""
    if kind == "organisation":
        organisation = await organisation_of(connection, id)
        return None if organisation is None else Place(organisation.id)
    if kind == "store":
        store = await store_of(connection, id)
        return None if store is None else Place(store.organisation_id, store.id)
    environment = await environment_of(connection, id)
    if environment is None:
        return None
    return Place(environment.organisation_id, environment.store_id, environment.id)
