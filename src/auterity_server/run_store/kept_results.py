"""The results in PostgreSQL that other runs may take."""

from __future__ import annotations

import json
from typing import Any

from auterity_sdk.runs.cache import CachedResult
from auterity_sdk.runtime.ports import Claims
from auterity_server.run_store.bound import Bound

FIND = """SELECT run_id, version, step, at, until, outcome, rest FROM run_cached_results
    WHERE environment_id = %(environment)s AND key = %(key)s AND at >= %(since)s"""
_OVER = "DELETE FROM run_cached_results WHERE environment_id = %(environment)s AND until < %(at)s"
_KEEP = """INSERT INTO run_cached_results (environment_id, key, run_id, version, step, at, until, outcome, rest)
    VALUES (%(environment)s, %(key)s, %(run)s, %(version)s, %(step)s, %(at)s, %(until)s, %(outcome)s, %(rest)s)
    ON CONFLICT (environment_id, key) DO UPDATE SET run_id = excluded.run_id, version = excluded.version,
    step = excluded.step, at = excluded.at, until = excluded.until, outcome = excluded.outcome, rest = excluded.rest"""


def result_of(row: tuple[Any, ...]) -> CachedResult:
    """The result in a row of `FIND`."""
    *of, rest = row
    output, facts, withdrawn = json.loads(rest)
    return CachedResult(*(*of, output, tuple(facts), tuple(withdrawn)))


async def keep_results(bound: Bound, claims: Claims) -> None:
    """Keep what a transition made for other runs, as part of its transaction."""
    if claims.kept:
        await bound.change(_OVER, {"at": claims.at})
        for key, result in sorted(claims.kept.items()):
            await bound.change(_KEEP, _values(key, result))


def _values(key: str, result: CachedResult) -> dict[str, Any]:
    rest = json.dumps([result.output, result.facts, result.withdrawn], separators=(",", ":"))
    return {
        "key": key,
        "run": result.run_id,
        "version": result.version,
        "step": result.step,
        "at": result.at,
        "until": result.until,
        "outcome": result.outcome,
        "rest": rest,
    }
