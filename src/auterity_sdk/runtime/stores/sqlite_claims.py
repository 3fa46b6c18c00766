"""The claims to locks, queues and turns in a SQLite store: a ticket for each, in the order of asking."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from auterity_sdk.errors import AlreadyStarted, RunRejected, TurnLost
from auterity_sdk.runtime.ports import POINT, Claims, Holder, Turn

_RECENT = """SELECT {} FROM queue_starts AS begun
    WHERE begun.key = claims.key AND begun.at > :now - claims.per AND begun.at <= :now"""

_HELD = "SELECT count(*) FROM claims AS held WHERE held.key = claims.key AND held.taken = 1"

_BEFORE = """SELECT count(*) FROM claims AS before WHERE before.key = claims.key AND before.taken = 0
    AND (before.rank, before.ticket) < (claims.rank, claims.ticket)"""

_HAS_PLACE = f"({_HELD}) + ({_BEFORE}) < claims.slots"

_HAS_RATE = f"""(claims.rate IS NULL
    OR ({_BEFORE}) < claims.rate - ({_RECENT.format("count(*)")}))"""

_FIRST = 100
"""So many of those that wait for one key are looked at; the others come after them."""

NEXT_IN_TURN = f"""WITH RECURSIVE asked(key) AS (SELECT (SELECT min(key) FROM claims WHERE taken = 0)
    UNION ALL SELECT (SELECT min(key) FROM claims WHERE taken = 0 AND key > asked.key) FROM asked
    WHERE asked.key IS NOT NULL)
    SELECT claims.run_id FROM asked JOIN claims ON claims.ticket IN (SELECT next.ticket FROM claims AS next
        WHERE next.key = asked.key AND next.taken = 0 ORDER BY next.rank, next.ticket LIMIT {_FIRST})
    WHERE {_HAS_PLACE} AND {_HAS_RATE}
    AND (:queues IS NULL OR claims.queue IN (SELECT value FROM json_each(:queues)))"""  # noqa: S608 - no value is put into it
"""The runs with a step whose turn it is, and which has not taken it yet."""

_TURNS = f"""SELECT step, {_HAS_PLACE}, {_HAS_RATE}, coalesce(({_RECENT.format("min(begun.at)")}), :now) + per,
    (SELECT first.run_id FROM claims AS first WHERE first.key = claims.key
        ORDER BY first.taken DESC, first.rank, first.ticket LIMIT 1)
    FROM claims WHERE run_id = :run_id AND taken = 0"""  # noqa: S608 - no value is put into it
"""The steps of a run that wait: whether there is a place, whether the rate lets them, when it does, and who is first."""

AHEAD = """SELECT before.run_id FROM claims JOIN claims AS before ON before.key = claims.key
    AND (1 - before.taken, before.rank, before.ticket) < (1 - claims.taken, claims.rank, claims.ticket)
    WHERE claims.run_id = ? AND claims.step = '' ORDER BY before.taken DESC, before.rank, before.ticket"""

_HOLDERS = """SELECT claims.step, claims.ticket, claims.slots, held.run_id, held.step FROM claims
    JOIN claims AS held ON held.key = claims.key AND held.taken
    WHERE claims.run_id = ? AND NOT claims.taken AND claims.queue = ''"""

_ASK = """INSERT INTO claims (key, run_id, step, slots, queue, rate, per, asked, rank)
    SELECT :key, :run_id, :step, :slots, :queue, :rate, :per, asked, asked - :sooner FROM (SELECT max(:at, coalesce(
        (SELECT asked FROM claims WHERE key = :key ORDER BY ticket DESC LIMIT 1), :at)) AS asked)"""

_LIMIT = """UPDATE claims SET slots = :slots, rate = :rate, per = :per WHERE key = :key AND EXISTS (
    SELECT 1 FROM (SELECT slots, rate, per FROM claims WHERE key = :key ORDER BY ticket LIMIT 1) AS oldest
    WHERE oldest.slots <> :slots OR oldest.rate IS NOT :rate OR oldest.per <> :per)"""
"""Settings that were changed count for all that is in the queue."""

_ANY = 1 << 62
"""The slots of a queue without a limit."""


def turns(database: sqlite3.Connection, run_id: str, now: int) -> dict[str, Turn]:
    """See `Locks.turns`."""
    found = database.execute(_TURNS, {"run_id": run_id, "now": now})
    return {step: _turn(*rest) for step, *rest in found}


def _turn(has_place: int, has_rate: int, at: int, first: str) -> Turn:
    if not has_place:
        return Turn(first)
    return Turn() if has_rate else Turn(at=at)


def holders(database: sqlite3.Connection, run_id: str) -> list[Holder]:
    """See `Locks.holders`."""
    return [Holder(*row) for row in database.execute(_HOLDERS, (run_id,))]


def change_claims(database: sqlite3.Connection, run_id: str, claims: Claims) -> None:
    """Enter and strike claims, as part of a transaction. Raises `AlreadyStarted`, `RunRejected` and `TurnLost`."""
    if claims.once:
        _start_once(database, run_id, claims)
    if claims.reject:
        _find_room(database, claims)
    if claims.taken:
        _take(database, run_id, claims)
    if claims.left:
        database.executemany(
            "DELETE FROM claims WHERE run_id = ? AND step = ? AND queue <> ''",
            [(run_id, step) for step in claims.left],
        )
    for asked in _asked(run_id, claims):
        database.execute(_ASK, asked)
        if asked["queue"]:
            database.execute(_LIMIT, asked)
    database.executemany(
        "DELETE FROM claims WHERE run_id = ? AND step = ?",
        [(run_id, step) for step in claims.released],
    )
    if claims.awaits is not None:
        database.execute("DELETE FROM awaits WHERE run_id = ?", (run_id,))
        rows = [(event, key, run_id) for event, key in claims.awaits]
        database.executemany("INSERT INTO awaits (type, key, run_id) VALUES (?, ?, ?)", rows)


def _take(database: sqlite3.Connection, run_id: str, claims: Claims) -> None:
    known = turns(database, run_id, claims.at)
    taken = [step for step in claims.taken if step in known]
    lost = [step for step in taken if not known[step].is_now]
    if lost:
        raise TurnLost(lost)
    for step in taken:
        values = {"run_id": run_id, "step": step, "at": claims.at}
        database.execute(_FORGET, values)
        database.execute(_BEGIN, values)
        database.execute(
            "UPDATE claims SET taken = 1 WHERE run_id = :run_id AND step = :step", values
        )


_FORGET = """DELETE FROM queue_starts WHERE EXISTS (SELECT 1 FROM claims WHERE run_id = :run_id AND step = :step
    AND NOT taken AND rate IS NOT NULL AND queue_starts.key = key AND queue_starts.at <= :at - per)"""
_BEGIN = """INSERT INTO queue_starts (key, at) SELECT key, :at FROM claims
    WHERE run_id = :run_id AND step = :step AND NOT taken AND rate IS NOT NULL"""


def _asked(run_id: str, claims: Claims) -> Iterator[dict[str, Any]]:
    own = {"run_id": run_id, "at": claims.at, "sooner": POINT * claims.priority}
    for step, key in claims.asked.items():
        slots = 1 if step else claims.slots
        yield own | {"key": key, "step": step, "slots": slots, "queue": "", "rate": None, "per": 0}
    for step, queue in claims.queued.items():
        slots = _ANY if queue.slots is None else queue.slots
        limits = {"slots": slots, "queue": queue.name, "rate": queue.rate, "per": queue.per}
        yield own | limits | {"key": queue.key, "step": step}


def _start_once(database: sqlite3.Connection, run_id: str, claims: Claims) -> None:
    found = database.execute(
        "SELECT run_id FROM starts WHERE key = ? AND at >= ?", (claims.once, claims.since)
    ).fetchone()
    if found is not None:
        raise AlreadyStarted(found[0])
    row = (claims.once, run_id, claims.at)
    database.execute("INSERT OR REPLACE INTO starts (key, run_id, at) VALUES (?, ?, ?)", row)


def _find_room(database: sqlite3.Connection, claims: Claims) -> None:
    key = claims.asked[""]
    found = database.execute("SELECT count(*) FROM claims WHERE key = ?", (key,)).fetchone()
    if found[0] >= claims.slots:
        raise RunRejected(f"{found[0]} runs of the same key go on")
