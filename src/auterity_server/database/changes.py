"""Which environments have something new to go by: what is live, which schedules rest, secrets, connections."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.database.tables.environments import environments


async def note_change(connection: AsyncConnection, environment_id: str) -> None:
    """Count a change, in its transaction: every process that carries runs on there looks at it anew."""
    await connection.execute(
        update(environments)
        .where(environments.c.id == environment_id)
        .values(changes=environments.c.changes + 1)
    )


async def changes_of(connection: AsyncConnection, environment_id: str) -> int:
    """How many there were in an environment."""
    query = select(environments.c.changes).where(environments.c.id == environment_id)
    return (await connection.execute(query)).scalar() or 0


async def all_changes(connection: AsyncConnection) -> dict[str, int]:
    """How many there were in each environment that had one. For the worker: it serves all organisations."""
    query = select(environments.c.id, environments.c.changes).where(environments.c.changes > 0)
    return {row.id: row.changes for row in await connection.execute(query)}
