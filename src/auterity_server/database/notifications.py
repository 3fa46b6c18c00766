"""What people are to be told of, until they were; over an open connection. Times are milliseconds since 1970."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.database.tables.notifications import notifications
from auterity_server.database.tables.users import users

_AT_ONCE = 500
"""A statement names so many at most: databases bound their parameters."""

KEPT = 30 * 86_400_000
"""What somebody was told is known for so long, so that they are not told again."""


class Kind(StrEnum):
    """What somebody is told of."""

    APPROVAL = "approval"
    """An approval waits for them."""
    DEPLOYMENT = "deployment"
    """A deployment waits for a second person, whom they may be."""
    CONFIRMED = "confirmed"
    """A deployment that they asked for went live."""
    REJECTED = "rejected"
    """A deployment that they asked for was rejected."""


class Notification(Struct, frozen=True):
    """One matter for one person. `of_id` is the run or the deployment; `step`, `role`, `reminders` and `until` are an
    approval's, the last as people read it."""

    id: str
    user_id: str
    organisation_id: str
    environment_id: str
    kind: Kind
    workflow: str
    of_id: str
    step: str = ""
    role: str = ""
    reminders: int = 0
    until: str = ""
    created_at: int = 0


_COLUMNS = tuple(notifications.c[name] for name in Notification.__struct_fields__)


def notification_id(*of: object) -> str:
    """The same for the same: what is told, and to whom."""
    return hashlib.sha256("\0".join(map(str, of)).encode()).hexdigest()


async def notify(connection: AsyncConnection, told: Sequence[Notification]) -> None:
    """Keep what people are to be told, in the transaction of what it tells of; but for what they were told already."""
    for begin in range(0, len(told), _AT_ONCE):
        part = told[begin : begin + _AT_ONCE]
        ids = [each.id for each in part]
        known = select(notifications.c.id).where(notifications.c.id.in_(ids))
        before = set((await connection.execute(known)).scalars())
        rows = [asdict(each) for each in part if each.id not in before]
        if rows:
            await connection.execute(insert(notifications), rows)


async def users_to_tell(connection: AsyncConnection, since: int, limit: int) -> list[str]:
    """Who is to be told of something, and was written no mail after `since`."""
    query = (
        select(notifications.c.user_id)
        .join(users, users.c.id == notifications.c.user_id)
        .where(notifications.c.mailed_at.is_(None), _not_after(since))
        .distinct()
        .limit(limit)
    )
    return list((await connection.execute(query)).scalars())


async def begin_mail(connection: AsyncConnection, user: str, since: int, now: int) -> bool:
    """Say that a mail is written to them now; false where one was after `since`: several processes write."""
    one = update(users).where(users.c.id == user, _not_after(since)).values(notified_at=now)
    return (await connection.execute(one)).rowcount == 1


async def take_all(connection: AsyncConnection, user: str, now: int) -> list[Notification]:
    """What they are to be told of, the oldest first: they are held to be told by the mail of this transaction."""
    mine = (notifications.c.user_id == user) & notifications.c.mailed_at.is_(None)
    query = select(*_COLUMNS).where(mine).order_by(notifications.c.created_at, notifications.c.id)
    found = [_notification(row._mapping) for row in await connection.execute(query)]
    for begin in range(0, len(found), _AT_ONCE):
        ids = [each.id for each in found[begin : begin + _AT_ONCE]]
        told = update(notifications).where(notifications.c.id.in_(ids)).values(mailed_at=now)
        await connection.execute(told)
    return found


async def forget_notifications(connection: AsyncConnection, now: int) -> None:
    """Forget what people were told long ago, and what they could not be told for as long."""
    await connection.execute(delete(notifications).where(notifications.c.created_at < now - KEPT))


def _not_after(since: int) -> Any:
    return or_(users.c.notified_at.is_(None), users.c.notified_at <= since)


def _notification(row: Mapping[Any, Any]) -> Notification:
    return Notification(**{**row, "kind": Kind(row["kind"])})
