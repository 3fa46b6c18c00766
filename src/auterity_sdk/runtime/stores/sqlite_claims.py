"""The claims to locks, queues and turns in a SQLite store: a ticket for each, in the order of asking."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from auterity_sdk.errors import AlreadyStarted, RunRejected, TurnLost
from auterity_sdk.runtime.ports import POINT, Claims, Holder, Turn

_PLACES = """SELECT key, run_id, step, ticket, slots, taken, queue, rate, per,
    row_number() OVER (PARTITION BY key ORDER BY taken DESC, rank, ticket) AS place,
    sum(taken) OVER (PARTITION BY key) AS held FROM claims"""
"""Each claim with its place in the order of turns, those that are taken first."""

_RECENT = "SELECT {} FROM queue_starts AS begun WHERE begun.key = places.key AND begun.at > :now - per AND begun.at <= :now"

_HAS_TURN = f"""place <= slots
    AND (rate IS NULL OR place - held <= rate - ({_RECENT.format("count(*)")}))"""

NEXT_IN_TURN = f"""SELECT run_id FROM ({_PLACES}) AS places WHERE NOT taken AND {_HAS_TURN}
    AND (:queues IS NULL OR queue IN (SELECT value FROM json_each(:queues)))"""  # noqa: S608 - no value is put into it
"""The runs with a step whose turn it is, and which has not taken it yet."""

_TURNS = f"""SELECT step, {_HAS_TURN}, CASE WHEN place > slots THEN (SELECT first.run_id FROM claims AS first
        WHERE first.key = places.key ORDER BY first.taken DESC, first.rank, first.ticket LIMIT 1) ELSE '' END,
    CASE WHEN place <= slots THEN coalesce(({_RECENT.format("min(begun.at)")}), :now) + per END
    FROM ({_PLACES} WHERE key IN (SELECT own.key FROM claims AS own WHERE own.run_id = :run_id AND NOT own.taken))
    AS places WHERE run_id = :run_id AND NOT taken"""  # noqa: S608 - no value is put into it
"""The steps of a run that wait: whether it is their turn, else the run that has the lock, or when the rate lets them."""

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
    return {step: Turn() if has_turn else Turn(holder, at) for step, has_turn, holder, at in found}


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
