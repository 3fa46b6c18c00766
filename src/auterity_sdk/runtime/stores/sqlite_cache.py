"""The results in a SQLite store that other runs may take."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from auterity_sdk.runs.cache import CachedResult
from auterity_sdk.runtime.ports import Claims

_FIND = """SELECT run_id, version, step, at, until, outcome, rest FROM cached_results
    WHERE key = ? AND at >= ?"""
_KEEP = """INSERT OR REPLACE INTO cached_results (key, run_id, version, step, at, until, outcome, rest)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""


def cached(database: sqlite3.Connection, key: str, since: int) -> CachedResult | None:
    """See `Cache.cached`."""
    row = database.execute(_FIND, (key, since)).fetchone()
    if row is None:
        return None
    *of, rest = row
    output, facts, withdrawn = json.loads(rest)
    return CachedResult(*(*of, output, tuple(facts), tuple(withdrawn)))


def keep_results(database: sqlite3.Connection, claims: Claims) -> None:
    """Keep what a transition made for other runs, as part of its transaction."""
    if claims.kept:
        database.execute("DELETE FROM cached_results WHERE until < ?", (claims.at,))
        database.executemany(_KEEP, [_row(key, result) for key, result in claims.kept.items()])


def _row(key: str, result: CachedResult) -> tuple[Any, ...]:
    rest = json.dumps([result.output, result.facts, result.withdrawn], separators=(",", ":"))
    of = (result.run_id, result.version, result.step, result.at, result.until, result.outcome)
    return (key, *of, rest)
