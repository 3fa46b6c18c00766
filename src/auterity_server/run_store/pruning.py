"""What is forgotten with runs that are over, in PostgreSQL."""

from __future__ import annotations

from auterity_server.run_store.bound import Bound
from auterity_server.run_store.versions import ALONE

PART = 200
"""So many runs are forgotten in one transaction."""

PRUNABLE = """WITH RECURSIVE kept(run_id) AS (
    SELECT run_id FROM runs WHERE environment_id = %(environment)s
        AND (ended_at IS NULL OR ended_at >= %(before)s)
    UNION SELECT runs.run_id FROM runs JOIN kept ON runs.parent_run = kept.run_id
        WHERE runs.environment_id = %(environment)s)
    SELECT run_id FROM runs WHERE environment_id = %(environment)s
    AND run_id NOT IN (SELECT run_id FROM kept) ORDER BY run_id"""
_OVER = """SELECT run_id FROM runs WHERE environment_id = %(environment)s
    AND run_id = ANY(%(runs)s::text[]) AND ended_at IS NOT NULL ORDER BY run_id FOR UPDATE"""
_LET = "SELECT set_config('auterity.pruning', %(environment)s, true)"
"""The journal lets nobody delete who does not say for which environment."""

_OF_RUNS = "DELETE FROM {} WHERE environment_id = %(environment)s AND {} = ANY(%(runs)s::text[])"
_TABLES = ("journal", "heads", "starts", "awaits", "heartbeats", "cached_results", "attempts")
_PRUNE = (
    *(_OF_RUNS.format(f"run_{table}", "run_id") for table in _TABLES),
    _OF_RUNS.format("run_inbox", "taken_by")
    + """ AND id NOT IN (SELECT occurrence FROM run_firings
    WHERE environment_id = %(environment)s AND at IS NOT NULL)""",
    _OF_RUNS.format("runs", "run_id"),
    """WITH RECURSIVE needed(version) AS (
        SELECT version FROM runs WHERE environment_id = %(environment)s
        UNION SELECT called.version FROM needed JOIN run_versions AS caller
            ON caller.environment_id = %(environment)s AND caller.version = needed.version
        JOIN run_versions AS called ON called.environment_id = %(environment)s
            AND strpos(caller.workflow, '@' || left(called.version, 8)) > 0)
    DELETE FROM run_versions WHERE environment_id = %(environment)s
    AND version NOT IN (SELECT version FROM needed)""",
)


async def forget(bound: Bound, run_ids: list[str]) -> int:
    """Forget those of the runs that are over, as part of a transaction; gives how many."""
    await bound.rows(ALONE)
    await bound.rows(_LET)
    over = [run_id for (run_id,) in await bound.rows(_OVER, {"runs": run_ids})]
    for statement in _PRUNE:
        await bound.change(statement, {"runs": over})
    return len(over)
