"""Up to where the events of each environment were read for notifications. One process at a time reads an environment on."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.database.tables.notifications import notification_readers

_READERS = notification_readers.c


class Reader(Struct, frozen=True):
    """All up to `position` was read; until `held_until` somebody reads on."""

    environment: str
    position: int
    held_until: int


async def all_readers(connection: AsyncConnection) -> Mapping[str, Reader]:
    """The readers by their environments."""
    query = select(_READERS.environment_id, _READERS.position, _READERS.held_until)
    return {row[0]: Reader(*row) for row in await connection.execute(query)}


async def add_reader(connection: AsyncConnection, environment: str, position: int) -> None:
    """Read on from there. Raises `IntegrityError` where another process has begun to."""
    row = {"environment_id": environment, "position": position, "held_until": 0}
    await connection.execute(insert(notification_readers).values(row))


async def hold(connection: AsyncConnection, reader: Reader, now: int, until: int) -> bool:
    """Keep others from reading on until then; false where one does."""
    held = update(notification_readers).where(
        _READERS.environment_id == reader.environment,
        _READERS.position == reader.position,
        _READERS.held_until <= now,
    )
    return (await connection.execute(held.values(held_until=until))).rowcount == 1


async def read_on(connection: AsyncConnection, reader: Reader, position: int) -> bool:
    """Say that all up to `position` was read, and let others read on; false where another process has read on meanwhile."""
    done = update(notification_readers).where(
        _READERS.environment_id == reader.environment, _READERS.position == reader.position
    )
    return (await connection.execute(done.values(position=position, held_until=0))).rowcount == 1
