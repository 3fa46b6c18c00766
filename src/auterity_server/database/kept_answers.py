"""Marks of requests that count once, with what they were answered with."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.database.tables.kept_answers import kept_answers

KEPT = 86_400_000
"""A key counts for so many milliseconds."""


class KeptAnswer(Struct, frozen=True):
    """The mark of a request; `answer` is sealed, and None as long as there is none."""

    id: str
    fingerprint: str
    made_at: int
    answer: str | None = None


_COLUMNS = tuple(kept_answers.c[name] for name in KeptAnswer.__struct_fields__)


async def kept_answer(connection: AsyncConnection, id: str, now: int) -> KeptAnswer | None:
    """The mark of that id; None where there is none that counts still."""
    query = select(*_COLUMNS).where(kept_answers.c.id == id, kept_answers.c.made_at >= now - KEPT)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else KeptAnswer(*row)


async def add_mark(connection: AsyncConnection, made: KeptAnswer) -> None:
    """Write one down, in the place of one that counts no more."""
    await connection.execute(delete(kept_answers).where(kept_answers.c.id == made.id))
    values = {"id": made.id, "fingerprint": made.fingerprint, "made_at": made.made_at}
    await connection.execute(insert(kept_answers).values(values))


async def set_answer(connection: AsyncConnection, id: str, sealed: str) -> None:
    """Write down the answer to a marked request."""
    await connection.execute(
        update(kept_answers).where(kept_answers.c.id == id).values(answer=sealed)
    )


async def forget_answers(connection: AsyncConnection, now: int) -> None:
    """Forget those that count no more."""
    await connection.execute(delete(kept_answers).where(kept_answers.c.made_at < now - KEPT))
