"""The claims to locks and turns in a SQLite store: a ticket for each, in the order of asking."""

from __future__ import annotations

import sqlite3

from auterity_sdk.errors import AlreadyStarted, RunRejected
from auterity_sdk.runtime.ports import Claims

NEXT_IN_TURN = """SELECT run_id FROM claims WHERE NOT taken AND CASE WHEN slots = 1
    THEN NOT EXISTS (SELECT 1 FROM claims AS before
        WHERE before.key = claims.key AND before.ticket < claims.ticket)
    ELSE slots > (SELECT count(*) FROM claims AS before
        WHERE before.key = claims.key AND before.ticket < claims.ticket) END"""
"""The runs with a step whose turn it is, and which has not taken it yet."""

TURNS = """SELECT step, CASE WHEN slots > (SELECT count(*) FROM claims AS before
        WHERE before.key = claims.key AND before.ticket < claims.ticket) THEN ''
    ELSE (SELECT first.run_id FROM claims AS first WHERE first.key = claims.key
        ORDER BY first.ticket LIMIT 1) END
    FROM claims WHERE run_id = ? AND NOT taken"""
"""The steps of a run that wait, each with the run that has the lock; empty where it is its turn."""

AHEAD = """SELECT before.run_id FROM claims JOIN claims AS before
    ON before.key = claims.key AND before.ticket < claims.ticket
    WHERE claims.run_id = ? AND claims.step = '' ORDER BY before.ticket"""


def change_claims(database: sqlite3.Connection, run_id: str, claims: Claims) -> None:
    """Enter and strike claims, as part of a transaction. Raises `AlreadyStarted` and `RunRejected`."""
    if claims.once:
        _start_once(database, run_id, claims)
    if claims.reject:
        _find_room(database, claims)
    asked = [(key, run_id, step, 1 if step else claims.slots) for step, key in claims.asked.items()]
    database.executemany("INSERT INTO claims (key, run_id, step, slots) VALUES (?, ?, ?, ?)", asked)
    database.executemany(
        "UPDATE claims SET taken = 1 WHERE run_id = ? AND step = ?",
        [(run_id, step) for step in claims.taken],
    )
    database.executemany(
        "DELETE FROM claims WHERE run_id = ? AND step = ?",
        [(run_id, step) for step in claims.released],
    )
    if claims.awaits is not None:
        database.execute("DELETE FROM awaits WHERE run_id = ?", (run_id,))
        rows = [(event, key, run_id) for event, key in claims.awaits]
        database.executemany("INSERT INTO awaits (type, key, run_id) VALUES (?, ?, ?)", rows)


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
