"""The attempts that are carried out elsewhere, in a SQLite store."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from auterity_sdk.errors import LeaseLost
from auterity_sdk.runtime.carrying import AttemptLease, ClaimedAttempt
from auterity_sdk.runtime.ports import Claims
from auterity_sdk.runtime.stores.sqlite_firings import SqliteFirings

TABLES = """
CREATE TABLE attempts (
    run_id TEXT NOT NULL, step TEXT NOT NULL, attempt INTEGER NOT NULL, queue TEXT NOT NULL,
    fence INTEGER NOT NULL DEFAULT 0, owner TEXT NOT NULL DEFAULT '', until INTEGER NOT NULL DEFAULT 0,
    stopping INTEGER NOT NULL DEFAULT 0, sent INTEGER NOT NULL, PRIMARY KEY (run_id, step)
) WITHOUT ROWID;
CREATE INDEX attempts_unclaimed ON attempts (queue, sent) WHERE owner = '';
CREATE INDEX attempts_claimed ON attempts (owner, until) WHERE owner <> '';
"""

_FIELDS = "run_id, step, attempt, queue, fence, owner, until, stopping"
_BEGIN = """INSERT OR REPLACE INTO attempts (run_id, step, attempt, queue, fence, owner, until, sent)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_CLAIM = f"""UPDATE attempts SET owner = ?, until = ?
    WHERE run_id = ? AND step = ? AND attempt = ? AND owner = '' RETURNING {_FIELDS}"""  # noqa: S608 - no value is put into it
_WHICH = "run_id = ? AND step = ? AND attempt = ?"
_HELD = f"{_WHICH} AND fence = ? AND owner = ?"
_IS_HELD = f"SELECT until FROM attempts WHERE {_HELD}"  # noqa: S608 - no value is put into it
_DROP = f"DELETE FROM attempts WHERE {_HELD}"  # noqa: S608 - no value is put into it
_GIVE_BACK = f"""UPDATE attempts SET owner = '', until = 0, sent = ?
    WHERE {_HELD}"""  # noqa: S608 - no value is put into it
_WITHDRAW = f"DELETE FROM attempts WHERE {_WHICH} AND owner = ''"  # noqa: S608
_KEEP = f"UPDATE attempts SET until = ? WHERE {_HELD}"  # noqa: S608
_STOP = f"UPDATE attempts SET stopping = 1 WHERE {_WHICH}"  # noqa: S608
_SEND_AGAIN = f"""UPDATE attempts SET sent = :now WHERE (run_id, step) IN (SELECT run_id, step FROM attempts
    WHERE queue = :queue AND owner = '' AND sent <= :before ORDER BY sent LIMIT :most)
    RETURNING {_FIELDS}"""  # noqa: S608 - no value is put into it
_OVERDUE = f"SELECT {_FIELDS} FROM attempts WHERE owner <> '' AND until <= ? LIMIT ?"  # noqa: S608
_OF_RUN = f"""SELECT {_FIELDS} FROM attempts
    WHERE run_id = :run_id AND (:owner = '' OR owner = :owner)"""  # noqa: S608 - no value is put into it
_OF_OWNER = f"SELECT {_FIELDS} FROM attempts WHERE owner = :owner AND owner <> ''"  # noqa: S608


def check_attempt(database: sqlite3.Connection, claims: Claims | None) -> None:
    """Raise `LeaseLost` where what is appended comes of an attempt that somebody else has."""
    lease = None if claims is None else claims.of
    if lease is None:
        return
    found = database.execute(_IS_HELD, _place(lease)).fetchone()
    if found is None or (lease.silent and found[0] != lease.until):
        raise LeaseLost(f"the attempt of `{lease.step}` is somebody else's by now")


def change_attempts(database: sqlite3.Connection, run_id: str, claims: Claims, length: int) -> None:
    """Enter and strike attempts, as part of a transaction; `length` is that of the journal after it."""
    if claims.ended:
        ended = [(run_id, step) for step in claims.ended]
        database.executemany("DELETE FROM attempts WHERE run_id = ? AND step = ?", ended)
    for each in claims.begun:
        held = (length, each.owner, each.until, each.at)
        database.execute(_BEGIN, (run_id, each.step, each.attempt, each.queue, *held))
    if claims.due is not None:
        values = {"due": claims.due, "run_id": run_id}
        database.execute(
            "UPDATE runs SET due = min(coalesce(due, :due), :due) WHERE run_id = :run_id", values
        )


class SqliteAttempts(SqliteFirings):
    """See `Attempts`."""

    async def claim_attempt(
        self, run_id: str, step: str, attempt: int, owner: str, until: int
    ) -> ClaimedAttempt | None:
        """See `Attempts.claim_attempt`."""
        with self._transaction() as database:
            found = database.execute(_CLAIM, (owner, until, run_id, step, attempt)).fetchall()
            length = "SELECT coalesce(max(seq), 0) FROM journal WHERE run_id = ?"
            seq = database.execute(length, (run_id,)).fetchone()[0]
        return ClaimedAttempt(_lease(found[0]), seq) if found else None

    async def keep_attempts(self, leases: Sequence[AttemptLease], until: int) -> None:
        """See `Attempts.keep_attempts`."""
        with self._transaction(flushed=False) as database:
            database.executemany(_KEEP, [(until, *_place(each)) for each in leases])

    async def attempts(self, *, owner: str = "", run_id: str = "") -> list[AttemptLease]:
        """See `Attempts.attempts`."""
        query = _OF_RUN if run_id else _OF_OWNER
        found = self._select(query, {"owner": owner, "run_id": run_id})
        return [_lease(row) for row in found]

    async def drop_attempt(self, lease: AttemptLease) -> None:
        """See `Attempts.drop_attempt`."""
        with self._transaction() as database:
            database.execute(_DROP, _place(lease))

    async def give_back_attempt(self, lease: AttemptLease, now: int) -> None:
        """See `Attempts.give_back_attempt`."""
        with self._transaction() as database:
            database.execute(_GIVE_BACK, (now, *_place(lease)))

    async def withdraw_attempt(self, run_id: str, step: str, attempt: int) -> bool | None:
        """See `Attempts.withdraw_attempt`."""
        place = (run_id, step, attempt)
        with self._transaction() as database:
            gone = database.execute(_WITHDRAW, place)
            if gone.rowcount == 1:
                return True
            told = database.execute(_STOP, place)
            return False if told.rowcount == 1 else None

    async def unclaimed(self, before: int) -> dict[str, int]:
        """See `Attempts.unclaimed`."""
        query = "SELECT queue, count(*) FROM attempts WHERE owner = '' AND sent <= ? GROUP BY queue"
        return dict(self._select(query, (before,)))

    async def send_again(self, queue: str, before: int, now: int, limit: int) -> list[AttemptLease]:
        """See `Attempts.send_again`."""
        values = {"queue": queue, "before": before, "now": now, "most": limit}
        with self._transaction() as database:
            return [_lease(row) for row in database.execute(_SEND_AGAIN, values).fetchall()]

    async def overdue(self, now: int, limit: int) -> list[AttemptLease]:
        """See `Attempts.overdue`."""
        return [_lease(row) for row in self._select(_OVERDUE, (now, limit))]


def _place(lease: AttemptLease) -> tuple[str, str, int, int, str]:
    return lease.run_id, lease.step, lease.attempt, lease.fence, lease.owner


def _lease(row: Sequence[Any]) -> AttemptLease:
    run_id, step, attempt, queue, fence, owner, until, stopping = row
    return AttemptLease(run_id, step, attempt, queue, fence, owner, until, bool(stopping))
