"""Writing down who did what, and reading it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.database.tables.audit import audit


async def record(
    connection: AsyncConnection,
    *,
    organisation_id: str,
    at: int,
    actor: str,
    action: str,
    noun: str = "",
    environment_id: str = "",
    **details: Any,
) -> None:
    """Write an entry, in the transaction of what it tells of.

    `actor` is the id of a user or an API key, `action` a verb on a noun such as `workflows:push`, `noun` what it was
    done to. No customer's data and no secret may be among the details.
    """
    await connection.execute(
        insert(audit).values(
            organisation_id=organisation_id,
            at=at,
            actor=actor,
            action=action,
            environment_id=environment_id,
            noun=noun,
            details=details,
        )
    )


class Entry(Struct, frozen=True):
    """An entry; `seq` counts those of the whole server."""

    seq: int
    at: int
    actor: str
    action: str
    environment_id: str
    noun: str
    details: Mapping[str, Any]


async def entries(
    connection: AsyncConnection, organisation_id: str, after: int, limit: int
) -> list[Entry]:
    """The entries of an organisation behind that one, in order."""
    query = select(
        audit.c.seq,
        audit.c.at,
        audit.c.actor,
        audit.c.action,
        audit.c.environment_id,
        audit.c.noun,
        audit.c.details,
    ).where(audit.c.organisation_id == organisation_id, audit.c.seq > after)
    rows: Any = await connection.execute(query.order_by(audit.c.seq).limit(limit))
    return [Entry(*row) for row in rows]
