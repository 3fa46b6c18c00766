"""What there is to do in PostgreSQL. Workers that look at the same time find different runs."""

from __future__ import annotations

from auterity_sdk.runtime.ports import POINT
from auterity_server.run_store.claims import NEXT_IN_TURN

_SINCE = f"coalesce(due, started_at) - {POINT}::bigint * priority"
_CLOCK = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
_MINE = "environment_id = %(environment)s"
_FREE = f"""NOT EXISTS (SELECT 1 FROM run_heads AS head
    WHERE head.environment_id = %(environment)s AND head.run_id = runs.run_id
    AND (head.owner <> '' AND head.until > %(now)s AND head.owner <> ALL(%(dead)s::text[])
        OR head.looker <> %(looker)s AND head.looked_until > {_CLOCK}))"""
_IN_TURN = f"""SELECT run_id, {_SINCE} AS since FROM runs
    WHERE {_MINE} AND run_id IN ({NEXT_IN_TURN}) AND {_FREE}"""
_OWED = f"""SELECT run_id, {_SINCE} AS since FROM runs
    WHERE {_MINE} AND status IN ('running', 'failing', 'cancelling') AND ended_at IS NULL AND NOT carried AND {_FREE}
    UNION SELECT run_id, {_SINCE} FROM runs
    WHERE {_MINE} AND ended_at IS NULL AND (carried OR status IN ('waiting', 'uncertain')) AND due <= %(now)s AND {_FREE}
    UNION SELECT run_id, {_SINCE} FROM runs JOIN run_heads USING (environment_id, run_id)
    WHERE {_MINE} AND owner <> '' AND (until <= %(now)s OR owner = ANY(%(dead)s::text[]))
    AND ended_at IS NULL AND {_FREE}
    UNION {_IN_TURN}"""

_LEFT_ALONE = 500
"""Milliseconds for which others do not look at what one has found, and is about to take up."""

_BESIDE = 4
"""Of so many times the number that is asked for, those are taken that no other is taking at this moment."""

_FOUND = f"""WITH found AS MATERIALIZED ({{}} ORDER BY since LIMIT {_BESIDE} * %(most)s),
    mine AS (SELECT run_id FROM found JOIN run_heads USING (run_id) WHERE {_MINE}
        AND (looker = %(looker)s OR looked_until <= {_CLOCK})
        ORDER BY since LIMIT %(most)s FOR UPDATE OF run_heads SKIP LOCKED),
    looked AS (UPDATE run_heads SET looker = %(looker)s, looked_until = {_CLOCK} + {_LEFT_ALONE}
        FROM mine WHERE {_MINE} AND run_heads.run_id = mine.run_id RETURNING run_heads.run_id)
    SELECT run_id FROM found JOIN looked USING (run_id) ORDER BY since"""
DUE = _FOUND.format(_OWED)
DUE_OF_QUEUES = _FOUND.format(_IN_TURN)
NEXT_DUE = f"SELECT min(due) FROM runs WHERE {_MINE} AND ended_at IS NULL AND due > %(now)s"
OWNERS = f"SELECT DISTINCT owner FROM run_heads WHERE {_MINE} AND owner <> ''"
