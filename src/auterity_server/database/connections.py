"""The connections of an environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import ColumnElement, and_, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.database.tables.connections import connections


class KeptConnection(Struct, frozen=True):
    """A connection. `options` hold references to secrets, and no secret; `revision` is another one after each change."""

    name: str
    uses: str
    options: Mapping[str, Any]
    revision: str
    changed_by: str
    changed_at: int

    @property
    def table(self) -> dict[str, Any]:
        """As a table of settings has it."""
        return {"use": self.uses, **self.options}


_CONNECTION = tuple(connections.c[name] for name in KeptConnection.__struct_fields__)


class ConnectionsOf(Struct, frozen=True):
    """Those of one environment of an organisation, over an open connection. No other's are ever given."""

    connection: AsyncConnection
    organisation: str
    environment: str

    async def all(self) -> list[KeptConnection]:
        """All, by name."""
        query = select(*_CONNECTION).where(self._here).order_by(connections.c.name)
        return [KeptConnection(*row) for row in await self.connection.execute(query)]

    async def put(self, made: KeptConnection) -> None:
        """Keep it in the place of the one of its name."""
        await self.remove(made.name)
        place = {"organisation_id": self.organisation, "environment_id": self.environment}
        await self.connection.execute(insert(connections).values(place | asdict(made)))

    async def remove(self, name: str) -> None:
        """Delete one."""
        await self.connection.execute(
            delete(connections).where(self._here, connections.c.name == name)
        )

    @property
    def _here(self) -> ColumnElement[bool]:
        return and_(
            connections.c.organisation_id == self.organisation,
            connections.c.environment_id == self.environment,
        )
