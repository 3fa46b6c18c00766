"""The order in which the events of all runs of a SQLite store were recorded."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from auterity_sdk.runs.journal import from_line
from auterity_sdk.runtime.ports import Recorded, Recording

TABLES = """
CREATE INDEX journal_by_position ON journal (position);
CREATE TABLE last_pruned (position INTEGER NOT NULL);
INSERT INTO last_pruned VALUES (0);
"""

UPGRADE = """
ALTER TABLE journal ADD COLUMN position INTEGER;
DROP TRIGGER journal_keeps_its_past;
UPDATE journal SET position = placed.position FROM (
    SELECT run_id, seq, row_number() OVER (ORDER BY since, run_id, seq) AS position FROM (
    SELECT run_id, seq, max(json_extract(line, '$.at')) OVER (PARTITION BY run_id ORDER BY seq) AS since
    FROM journal)) AS placed WHERE journal.run_id = placed.run_id AND journal.seq = placed.seq;
CREATE TRIGGER journal_keeps_its_past BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
"""
"""What was recorded before positions were kept stands in the order of its times."""

LAST = """SELECT max(coalesce((SELECT max(position) FROM journal), 0), (SELECT position FROM last_pruned))"""
"""The last position that was ever given. Those of pruned events are given to no other: somebody may have read up to them."""

REMEMBER = f"UPDATE last_pruned SET position = ({LAST})"  # noqa: S608 - no value is put into it

_ROWS = """SELECT journal.position, journal.run_id, coalesce(runs.workflow, ''), journal.seq, journal.line
    FROM journal LEFT JOIN runs USING (run_id)
    WHERE {where} AND (:workflow = '' OR runs.workflow = :workflow)
    ORDER BY journal.position {order} LIMIT :limit"""
_AFTER = _ROWS.format(where="journal.position > :after AND journal.position <= :last", order="")
_BEFORE = _ROWS.format(where="journal.position < :before", order="DESC")
_END = 2**63 - 1


def recorded(database: sqlite3.Connection, after: int, limit: int, workflow: str) -> Recording:
    """See `Journal.recorded`."""
    # Before the rows, which stop there: what comes between is left for the next look.
    (last,) = database.execute(LAST).fetchone()
    values = {"after": after, "last": last, "limit": limit, "workflow": workflow}
    found = [_recorded(row) for row in database.execute(_AFTER, values)]
    is_full = len(found) == limit
    return Recording(found, found[-1].position if is_full else max(after, last))


def last_recorded(
    database: sqlite3.Connection, before: int | None, limit: int, workflow: str
) -> list[Recorded]:
    """See `Journal.last_recorded`."""
    values = {"before": _END if before is None else before, "limit": limit, "workflow": workflow}
    return [_recorded(row) for row in database.execute(_BEFORE, values)]


def _recorded(row: Sequence[Any]) -> Recorded:
    position, run_id, workflow, seq, line = row
    return Recorded(position, run_id, workflow, seq, from_line(line))
