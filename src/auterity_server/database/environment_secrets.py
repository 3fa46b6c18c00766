"""The secrets of an environment, sealed."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.database.tables.environment_secrets import environment_secrets


class KeptSecret(Struct, frozen=True):
    """A secret: its value is in `sealed` alone."""

    name: str
    sealed: str
    changed_by: str
    changed_at: int


_SECRET = tuple(environment_secrets.c[name] for name in KeptSecret.__struct_fields__)


class EnvironmentSecrets(Struct, frozen=True):
    """Those of one environment of an organisation, over an open connection. No other's are ever given."""

    connection: AsyncConnection
    organisation: str
    environment: str

    async def all(self) -> list[KeptSecret]:
        """All, by name."""
        query = select(*_SECRET).where(self._here).order_by(environment_secrets.c.name)
        return [KeptSecret(*row) for row in await self.connection.execute(query)]

    async def find(self, name: str) -> KeptSecret | None:
        """The one of that name."""
        row = (await self.connection.execute(select(*_SECRET).where(self._of(name)))).one_or_none()
        return None if row is None else KeptSecret(*row)

    async def put(self, secret: KeptSecret) -> bool:
        """Keep it in the place of the one of its name; whether there was none."""
        values = {
            "sealed": secret.sealed,
            "changed_by": secret.changed_by,
            "changed_at": secret.changed_at,
        }
        done = await self.connection.execute(
            update(environment_secrets).where(self._of(secret.name)).values(values)
        )
        if done.rowcount:
            return False
        place = {"organisation_id": self.organisation, "environment_id": self.environment}
        row = {**place, "name": secret.name, **values}
        await self.connection.execute(insert(environment_secrets).values(row))
        return True

    async def remove(self, name: str) -> None:
        """Delete one."""
        await self.connection.execute(delete(environment_secrets).where(self._of(name)))

    def _of(self, name: str) -> ColumnElement[bool]:
        return and_(self._here, environment_secrets.c.name == name)

    @property
    def _here(self) -> ColumnElement[bool]:
        return and_(
            environment_secrets.c.organisation_id == self.organisation,
            environment_secrets.c.environment_id == self.environment,
        )
