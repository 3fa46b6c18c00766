"""The parts that a server cannot work without, each with a way to see whether it can."""

from __future__ import annotations

import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

from msgspec import Struct
from sqlalchemy import text

from auterity_server.database.database import Database
from auterity_server.database.migrations.run import heads


class Failing(Exception):
    """The part cannot do its work."""


Look = Callable[[], Awaitable[None]]
"""Returns where the part can do its work. Raises `Failing`, or whatever else is wrong."""


class Check(Struct, frozen=True):
    """A part of the server, by the name that it has in answers and metrics."""

    name: str
    look: Look


def database_answers(database: Database) -> Check:
    """A question of a real table is answered."""

    async def look() -> None:
        await _revisions(database)

    return Check("database", look)


def migrations_are_current(database: Database) -> Check:
    """The tables are of this release's form: neither older, nor changed by a later one."""

    async def look() -> None:
        if await _revisions(database) != heads():
            raise Failing

    return Check("migrations", look)


def runs_are_carried_on(is_well: Callable[[], bool]) -> Check:
    """The workers of all environments go on."""

    async def look() -> None:
        if not is_well():
            raise Failing

    return Check("worker", look)


def disk_has_room(folder: Path, least: int) -> Check:
    """The data folder can be written, and has so many bytes left."""

    async def look() -> None:
        if not os.access(folder, os.W_OK) or shutil.disk_usage(folder).free < least:
            raise Failing

    return Check("disk", look)


def broker_answers(url: str) -> Check:
    """The Redis of the workers answers."""

    async def look() -> None:
        # Loaded here: it needs an extra.
        from redis.asyncio import Redis

        async with Redis.from_url(url) as redis:
            await redis.ping()

    return Check("broker", look)


async def _revisions(database: Database) -> set[str]:
    async with database.reading() as connection:
        rows = await connection.execute(text("SELECT version_num FROM alembic_version"))
        return set(rows.scalars())
