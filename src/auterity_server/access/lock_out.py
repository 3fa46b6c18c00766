"""Lock-out: who guesses too often waits, each time twice as long. Counted before the guess is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_sdk.runtime.seal import SealKey
from auterity_server.access.refusals import TooMany
from auterity_server.database.database import Database
from auterity_server.database.tables.attempts import attempts

_MINUTE = 60_000


class Policy(Struct, frozen=True):
    """`free` attempts cost nothing; then there are pauses from `first` to `longest`. All in milliseconds."""

    free: int
    first: int = _MINUTE // 2
    longest: int = 15 * _MINUTE
    forgotten_after: int = 60 * _MINUTE

    def pause(self, made: int) -> int:
        """How long nobody may try after so many attempts."""
        if made < self.free:
            return 0
        # The exponent has a bound, so that many attempts make no huge number.
        return min(self.longest, self.first << min(made - self.free, 20))


ACCOUNT = Policy(free=5)
"""Of passwords for one account, whether there is such an account or not."""
ADDRESS = Policy(free=40)
"""Of passwords from one network address: a whole store may be behind it."""
CODE = Policy(free=10)
"""Of codes of devices by one person."""


class Subject(Struct, frozen=True):
    """What attempts are counted of: `account` and an e-mail address, say. Kept as a keyed digest only."""

    kind: str
    of: str
    policy: Policy


class LockOut:
    """Counts attempts in the database, so that all processes count together."""

    def __init__(self, database: Database, seal: SealKey, now: Callable[[], int]) -> None:
        self._database = database
        self._seal = seal
        self._now = now

    async def begin(self, subjects: Sequence[Subject]) -> None:
        """Count an attempt of each. Raises `TooMany` where one of them has to wait: then none is counted."""
        now = self._now()
        async with self._database.writing() as connection:
            found = [await self._found(connection, subject) for subject in subjects]
            locked = max((row.locked_until for row in found if row is not None), default=0)
            if locked > now:
                raise TooMany(-(-(locked - now) // 1000))
            for subject, row in zip(subjects, found, strict=True):
                await self._count(connection, subject, row, now)

    async def succeeded(self, subject: Subject) -> None:
        """Forget the subject's attempts: the last one was right."""
        async with self._database.writing() as connection:
            await connection.execute(delete(attempts).where(self._is(subject)))

    async def give_back(self, subject: Subject) -> None:
        """Uncount one attempt that was right, and leave the others counted."""
        async with self._database.writing() as connection:
            row = await self._found(connection, subject)
            if row is not None:
                made = max(0, row.made - 1)
                locked = row.locked_until if made >= subject.policy.free else 0
                await connection.execute(
                    update(attempts).where(self._is(subject)).values(made=made, locked_until=locked)
                )

    async def _found(self, connection: AsyncConnection, subject: Subject) -> Row[Any] | None:
        query = select(attempts).where(self._is(subject)).with_for_update()
        return (await connection.execute(query)).first()

    async def _count(
        self, connection: AsyncConnection, subject: Subject, row: Row[Any] | None, now: int
    ) -> None:
        recent = row is not None and row.last_at + subject.policy.forgotten_after > now
        made = (row.made if row is not None and recent else 0) + 1
        values = {"made": made, "last_at": now, "locked_until": now + subject.policy.pause(made)}
        if row is None:
            name = self._digest(subject)
            await connection.execute(insert(attempts).values(subject=name, **values))
        else:
            await connection.execute(update(attempts).where(self._is(subject)).values(values))

    def _is(self, subject: Subject) -> ColumnElement[bool]:
        return attempts.c.subject == self._digest(subject)

    def _digest(self, subject: Subject) -> str:
        return self._seal.fingerprint(f"{subject.kind} {subject.of}")
