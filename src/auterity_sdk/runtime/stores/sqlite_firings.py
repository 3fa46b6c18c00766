"""Triggers and their firings in a SQLite store."""

from __future__ import annotations

import json
import sqlite3
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from auterity_sdk.runtime.firings import HELD, KEPT, MISSED, Firing, Served, Standing

TABLES = """
CREATE TABLE triggers (
    key TEXT PRIMARY KEY, workflow TEXT NOT NULL, event TEXT NOT NULL, seen INTEGER NOT NULL,
    changes INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX triggers_by_event ON triggers (event) WHERE event <> '';
CREATE TABLE firings (
    number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, occurrence TEXT NOT NULL,
    came INTEGER NOT NULL, at INTEGER, state TEXT NOT NULL DEFAULT 'new',
    bunch TEXT NOT NULL DEFAULT '', first INTEGER NOT NULL DEFAULT 0,
    pool TEXT NOT NULL DEFAULT '', granted INTEGER, run_id TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX firings_by_occurrence ON firings (occurrence, key);
CREATE INDEX firings_open ON firings (key, at) WHERE at IS NOT NULL;
CREATE INDEX firings_held ON firings (key, bunch) WHERE state = 'held';
CREATE INDEX firings_granted ON firings (key, pool, granted) WHERE granted IS NOT NULL;
CREATE INDEX firings_settled ON firings (came) WHERE at IS NULL;
"""

_FIELDS = "key, occurrence, came, at, state, bunch, first, pool, granted, run_id"
_ALL = f"SELECT {_FIELDS} FROM firings "  # noqa: S608 - no value is put into it
_MADE = f"INSERT OR IGNORE INTO firings ({_FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_CHANGED = """UPDATE firings SET at = ?, state = ?, bunch = ?, first = ?, pool = ?, granted = ?,
    run_id = ? WHERE occurrence = ? AND key = ?"""
_MOVE = """UPDATE triggers SET changes = changes + 1, seen = coalesce(:seen, seen)
    WHERE key = :key AND (:changes IS NULL OR changes = :changes)"""
_TO_FIRE = """SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM firings
    WHERE key = value AND at IS NOT NULL AND at <= ?)"""
_FIRED_BY = """SELECT DISTINCT workflow FROM firings JOIN triggers USING (key)
    WHERE occurrence = ? ORDER BY workflow"""
_FIRE = """INSERT OR IGNORE INTO firings (key, occurrence, came, at)
    SELECT key, ?, ?, 0 FROM triggers WHERE event = ? AND event <> ''"""

NEEDED = """EXISTS (SELECT 1 FROM firings WHERE occurrence = inbox.id AND at IS NOT NULL
    AND state <> 'new')"""
"""Of an event in the inbox: it is still to start a run."""

_MISS = """UPDATE firings SET at = NULL, state = ? WHERE at IS NOT NULL AND state = 'new'
    AND occurrence IN (SELECT id FROM inbox WHERE taken_by = '')"""
_OTHERS = "SELECT 1 FROM triggers WHERE key NOT IN (SELECT value FROM json_each(?)) LIMIT 1"
_RETIRE_OTHERS = "DELETE FROM triggers WHERE key NOT IN (SELECT value FROM json_each(?))"
_MISS_OTHERS = """UPDATE firings SET at = NULL, state = ? WHERE at IS NOT NULL
    AND key NOT IN (SELECT value FROM json_each(?))"""
_FORGET = "DELETE FROM firings WHERE at IS NULL AND came <= ? AND coalesce(granted, 0) <= ?"


def fire(database: sqlite3.Connection, event: str, occurrence: str, came: int) -> None:
    """An event makes a firing of each trigger of its type, as part of the transaction that keeps it."""
    database.execute(_FIRE, (occurrence, came, event))


def miss(database: sqlite3.Connection) -> None:
    """Settle what nobody served, as part of the transaction that forgets its events."""
    database.execute(_MISS, (MISSED,))


class SqliteFirings:
    """See `Firings`."""

    @abstractmethod
    def _select(self, query: str, values: Sequence[Any] | Mapping[str, Any]) -> list[Any]:
        """The rows of a query."""

    @abstractmethod
    def _transaction(self, *, flushed: bool = True) -> AbstractContextManager[sqlite3.Connection]:
        """One transaction."""

    async def serve(self, trigger: Served, now: int) -> None:
        """See `Firings.serve`."""
        row = (trigger.key, trigger.workflow, trigger.event, now)
        if not self._select("SELECT 1 FROM triggers WHERE key = ?", (trigger.key,)):
            with self._transaction() as database:
                database.execute(
                    "INSERT OR IGNORE INTO triggers (key, workflow, event, seen) VALUES (?, ?, ?, ?)",
                    row,
                )

    async def serve_only(self, keys: Sequence[str]) -> None:
        """See `Firings.serve_only`."""
        served = json.dumps(list(keys))
        if self._select(_OTHERS, (served,)):
            with self._transaction() as database:
                database.execute(_MISS_OTHERS, (MISSED, served))
                database.execute(_RETIRE_OTHERS, (served,))

    async def standing(self, key: str) -> Standing | None:
        """See `Firings.standing`."""
        found = self._select("SELECT seen, changes FROM triggers WHERE key = ?", (key,))
        return Standing(*found[0]) if found else None

    async def to_fire(self, keys: Sequence[str], now: int) -> list[str]:
        """See `Firings.to_fire`."""
        return [key for (key,) in self._select(_TO_FIRE, (json.dumps(list(keys)), now))]

    async def open_firings(self, key: str, now: int, limit: int) -> list[Firing]:
        """See `Firings.open_firings`."""
        which = "WHERE key = ? AND at IS NOT NULL AND at <= ? ORDER BY came, number LIMIT ?"
        return [Firing(*row) for row in self._select(_ALL + which, (key, now, limit))]

    async def latest_firings(self, key: str, limit: int) -> list[Firing]:
        """See `Firings.latest_firings`."""
        which = "WHERE key = ? ORDER BY came DESC, number DESC LIMIT ?"
        return [Firing(*row) for row in self._select(_ALL + which, (key, limit))]

    async def held(self, key: str, bunch: str) -> list[Firing]:
        """See `Firings.held`."""
        which = f"WHERE key = ? AND bunch = ? AND state = '{HELD}'"
        return [Firing(*row) for row in self._select(_ALL + which, (key, bunch))]

    async def grants(self, key: str, pool: str, since: int) -> list[int]:
        """See `Firings.grants`."""
        query = "SELECT granted FROM firings WHERE key = ? AND pool = ? AND granted > ? ORDER BY 1"
        return [granted for (granted,) in self._select(query, (key, pool, since))]

    async def change(
        self,
        key: str,
        changes: int | None,
        changed: Sequence[Firing] = (),
        made: Sequence[Firing] = (),
        seen: int | None = None,
    ) -> bool:
        """See `Firings.change`."""
        with self._transaction() as database:
            values = {"key": key, "changes": changes, "seen": seen}
            if database.execute(_MOVE, values).rowcount != 1:
                return False
            database.executemany(_MADE, map(_row, made))
            database.executemany(_CHANGED, [(*_row(each)[3:], *_place(each)) for each in changed])
        return True

    async def fired_by(self, occurrence: str) -> list[str]:
        """See `Firings.fired_by`."""
        return [workflow for (workflow,) in self._select(_FIRED_BY, (occurrence,))]

    def _forget_firings(self, now: int) -> None:
        """Forget those that are settled and were long ago."""
        before = now - KEPT
        if self._select("SELECT 1 FROM firings WHERE at IS NULL AND came <= ? LIMIT 1", (before,)):
            with self._transaction() as database:
                database.execute(_FORGET, (before, before))


def _row(firing: Firing) -> tuple[Any, ...]:
    return (
        *(firing.trigger, firing.occurrence, firing.came, firing.at, firing.state),
        *(firing.bunch, firing.first, firing.pool, firing.granted, firing.run_id),
    )


def _place(firing: Firing) -> tuple[str, str]:
    return firing.occurrence, firing.trigger
