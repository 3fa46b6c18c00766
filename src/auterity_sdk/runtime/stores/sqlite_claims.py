"""The claims to locks in a SQLite store: a ticket for each, in the order of asking."""

from __future__ import annotations

import hashlib
import sqlite3

from auterity_sdk.runtime.ports import Claims

NEXT_IN_TURN = """SELECT run_id FROM claims WHERE NOT taken AND NOT EXISTS
    (SELECT 1 FROM claims AS before WHERE before.key = claims.key AND before.ticket < claims.ticket)"""
"""The runs with a step whose turn it is, and which has not taken it yet."""

TURNS = """SELECT step, coalesce((SELECT first.run_id FROM claims AS first WHERE first.key = claims.key
    AND first.ticket < claims.ticket ORDER BY first.ticket LIMIT 1), '')
    FROM claims WHERE run_id = ? AND NOT taken"""
"""The steps of a run that wait, each with the run that has the lock; empty where it is its turn."""


def _digest(key: str) -> str:
    """A key may be a telephone number, which is not to stand here in clear."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


def change_claims(database: sqlite3.Connection, run_id: str, claims: Claims) -> None:
    """Enter and strike claims, as part of a transaction."""
    asked = [(_digest(key), run_id, step) for step, key in claims.asked.items()]
    database.executemany("INSERT INTO claims (key, run_id, step) VALUES (?, ?, ?)", asked)
    database.executemany(
        "UPDATE claims SET taken = 1 WHERE run_id = ? AND step = ?",
        [(run_id, step) for step in claims.taken],
    )
    database.executemany(
        "DELETE FROM claims WHERE run_id = ? AND step = ?",
        [(run_id, step) for step in claims.released],
    )
