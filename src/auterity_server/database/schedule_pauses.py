"""Which schedules of an environment rest."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.database.tables.schedule_pauses import schedule_pauses


class Pause(Struct, frozen=True):
    """The last word on a schedule: whether it is `paused`, who said so, and when (milliseconds since 1970)."""

    schedule_id: str
    paused: bool
    by: str
    at: int


class SchedulePauses(Struct, frozen=True):
    """Those of one environment of an organisation, over an open connection. No other's are ever given."""

    connection: AsyncConnection
    organisation: str
    environment: str

    async def all(self) -> dict[str, Pause]:
        """The last word on each schedule on which there was one, by its id."""
        table = schedule_pauses.c
        query = select(table.schedule_id, table.paused, table.by, table.at).where(
            table.organisation_id == self.organisation, table.environment_id == self.environment
        )
        return {row[0]: Pause(*row) for row in await self.connection.execute(query)}

    async def say(self, pause: Pause) -> None:
        """Put it in the place of what was said before."""
        table = schedule_pauses.c
        said = {"paused": pause.paused, "by": pause.by, "at": pause.at}
        done = await self.connection.execute(
            update(schedule_pauses)
            .where(
                table.organisation_id == self.organisation,
                table.environment_id == self.environment,
                table.schedule_id == pause.schedule_id,
            )
            .values(said)
        )
        if done.rowcount == 0:
            where = {
                "organisation_id": self.organisation,
                "environment_id": self.environment,
                "schedule_id": pause.schedule_id,
            }
            await self.connection.execute(insert(schedule_pauses).values(where | said))
