"""Whether a process has the key by which the others seal."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.database.tables.key_names import key_names

_SERVER = "server"


async def is_known_key(connection: AsyncConnection, fingerprint: str) -> bool:
    """Whether it is the key of the first process that ever began; that of this one where it is the first."""
    query = select(key_names.c.fingerprint).where(key_names.c.purpose == _SERVER)
    found = await connection.scalar(query)
    if found is None:
        values = {"purpose": _SERVER, "fingerprint": fingerprint}
        await connection.execute(insert(key_names).values(values))
    return found in (None, fingerprint)
