"""Writing down who did what."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert
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
