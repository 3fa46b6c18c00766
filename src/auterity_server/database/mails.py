"""The outbox of the server's own mail, over an open connection. Times are milliseconds since 1970."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.database.tables.mails import mails

LEASE = 5 * 60_000
"""Who has claimed a mail and was not heard of for so long has died: the mail is anybody's again."""

KEPT = 30 * 86_400_000
"""That a mail was sent is known for so long."""


class NewMail(Struct, frozen=True):
    """A mail to be sent, good until `good_until`. `sealed` holds all of it but its kind."""

    id: str
    kind: str
    organisation: str
    user: str
    sealed: str
    at: int
    good_until: int


class Claimed(Struct, frozen=True):
    """A mail that is this process's to send. `fence` grows with each claim; `tries` counts this one."""

    id: str
    kind: str
    organisation: str
    user: str
    sealed: str
    created_at: int
    good_until: int
    fence: int
    tries: int


async def put(connection: AsyncConnection, mail: NewMail) -> None:
    """Keep a mail until it is sent, in the transaction of what it tells of."""
    await connection.execute(
        insert(mails).values(
            id=mail.id,
            kind=mail.kind,
            organisation_id=mail.organisation,
            user_id=mail.user,
            sealed=mail.sealed,
            created_at=mail.at,
            good_until=mail.good_until,
            due_at=mail.at,
            tries=0,
            fence=0,
            held_until=0,
        )
    )


async def due(connection: AsyncConnection, now: int, limit: int) -> list[str]:
    """The mails that may be claimed, that which is due for longest first."""
    query = select(mails.c.id).where(_free(now)).order_by(mails.c.due_at, mails.c.id).limit(limit)
    return list((await connection.execute(query)).scalars())


async def claim(connection: AsyncConnection, id: str, now: int) -> Claimed | None:
    """Take a mail for the time of a lease; None where it is sent, is not due, or is another's."""
    taken = await connection.execute(
        update(mails)
        .where(mails.c.id == id, _free(now))
        .values(held_until=now + LEASE, fence=mails.c.fence + 1, tries=mails.c.tries + 1)
    )
    if taken.rowcount != 1:
        return None
    query = select(
        mails.c.id,
        mails.c.kind,
        mails.c.organisation_id,
        mails.c.user_id,
        mails.c.sealed,
        mails.c.created_at,
        mails.c.good_until,
        mails.c.fence,
        mails.c.tries,
    ).where(mails.c.id == id)
    return Claimed(*(await connection.execute(query)).one())


async def end(
    connection: AsyncConnection, mail: Claimed, now: int, failure: str | None = None
) -> bool:
    """Say that it was sent, or given up for that reason, and forget what it said. Whether it was still this claim's."""
    values = {"ended_at": now, "failure": failure, "sealed": None}
    ended = await connection.execute(update(mails).where(_held(mail)).values(values))
    return ended.rowcount == 1


async def try_later(connection: AsyncConnection, mail: Claimed, at: int) -> None:
    """Give a claim back until then."""
    await connection.execute(update(mails).where(_held(mail)).values(due_at=at, held_until=0))


async def count_waiting(connection: AsyncConnection) -> int:
    """How many are neither sent nor given up."""
    query = select(func.count()).select_from(mails).where(mails.c.ended_at.is_(None))
    return (await connection.execute(query)).scalar_one()


async def forget_mails(connection: AsyncConnection, now: int) -> None:
    """Forget that mails were sent long ago."""
    await connection.execute(delete(mails).where(mails.c.ended_at < now - KEPT))


def _free(now: int) -> ColumnElement[bool]:
    return and_(mails.c.ended_at.is_(None), mails.c.due_at <= now, mails.c.held_until <= now)


def _held(mail: Claimed) -> ColumnElement[bool]:
    return and_(mails.c.id == mail.id, mails.c.fence == mail.fence, mails.c.ended_at.is_(None))
