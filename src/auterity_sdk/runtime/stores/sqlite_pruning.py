"""What is forgotten with runs that are over, in a SQLite store."""

from __future__ import annotations

import sqlite3

from auterity_sdk.runtime.stores.sqlite_order import REMEMBER

PART = 200
"""So many runs are forgotten in one transaction."""

PRUNABLE = """WITH RECURSIVE kept(run_id) AS (
    SELECT run_id FROM runs WHERE ended_at IS NULL OR ended_at >= ?
    UNION SELECT runs.run_id FROM runs JOIN kept ON runs.parent_run = kept.run_id)
    SELECT run_id FROM runs WHERE run_id NOT IN (SELECT run_id FROM kept) ORDER BY run_id"""
_TO_PRUNE = """INSERT INTO pruned SELECT run_id FROM runs
    WHERE run_id IN (SELECT value FROM json_each(?)) AND ended_at IS NOT NULL"""
_PRUNE = (
    REMEMBER,
    "DELETE FROM journal WHERE run_id IN (SELECT run_id FROM pruned)",
    """DELETE FROM inbox WHERE taken_by IN (SELECT run_id FROM pruned)
    AND id NOT IN (SELECT occurrence FROM firings WHERE at IS NOT NULL)""",
    "DELETE FROM leases WHERE run_id IN (SELECT run_id FROM pruned)",
    "DELETE FROM starts WHERE run_id IN (SELECT run_id FROM pruned)",
    "DELETE FROM awaits WHERE run_id IN (SELECT run_id FROM pruned)",
    "DELETE FROM attempts WHERE run_id IN (SELECT run_id FROM pruned)",
    "DELETE FROM heartbeats WHERE run_id IN (SELECT run_id FROM pruned)",
    "DELETE FROM cached_results WHERE run_id IN (SELECT run_id FROM pruned)",
    "DELETE FROM runs WHERE run_id IN (SELECT run_id FROM pruned)",
    """WITH RECURSIVE needed(version) AS (
        SELECT version FROM runs
        UNION SELECT called.version FROM needed JOIN versions AS caller USING (version)
        JOIN versions AS called ON instr(caller.workflow, '@' || substr(called.version, 1, 8)))
    DELETE FROM versions WHERE version NOT IN (SELECT version FROM needed)""",
    "DELETE FROM pruned",
)


def forget(database: sqlite3.Connection, run_ids: str) -> int:
    """Forget those of the runs (a list as JSON) that are over, as part of a transaction; gives how many."""
    count = database.execute(_TO_PRUNE, (run_ids,)).rowcount
    for statement in _PRUNE:
        database.execute(statement)
    return count
