"""What a person's own sign-ins write into the audit: ids, verbs and keyed digests; nobody's name or address."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.database.auditing import record
from auterity_server.database.places import organisations_of_user


async def record_of_user(
    connection: AsyncConnection, user: str, action: str, *, at: int, **details: Any
) -> None:
    """Write what a user did into the audit of each organisation that they have joined."""
    who = f"user:{user}"
    for organisation in await organisations_of_user(connection, user):
        await record(
            connection,
            organisation_id=organisation,
            at=at,
            actor=who,
            action=action,
            noun=who,
            **details,
        )
