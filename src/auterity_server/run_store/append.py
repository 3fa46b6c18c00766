"""An append in one statement: the head of the run lets it in, by its length and its fence, or nothing is written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from msgspec import Struct

from auterity_sdk.errors import LeaseLost, VersionConflict
from auterity_sdk.runs.events import Event
from auterity_sdk.runs.journal import to_line
from auterity_sdk.runtime.ports import Claims, Lease, Pins, Summary
from auterity_server.run_store.attempts import (
    ALL_OVER,
    CHANGE,
    DUE_SOONER,
    IS_OF,
    is_held,
    values_of,
)
from auterity_server.run_store.awaits import AWAIT, AWAIT_NO_MORE, values_of_awaits
from auterity_server.run_store.bound import Bound, Values
from auterity_server.run_store.versions import KEEP, values_of_pins

FIELDS = (
    *("run_id", "workflow", "version", "status", "started_at", "ended_at", "due", "parent_run"),
    *("parent", "listens", "breaches", "priority", "carried"),
)
"""The columns of a summary, in its own order."""

COLUMNS = ", ".join(FIELDS)

_IS = "environment_id = %(environment)s AND run_id = %(run)s"
_FENCE = " AND run_heads.fence = %(fence)s"
_FREE = ", owner = '', until = 0"
_GO_ON = f"UPDATE run_heads SET length = length + %(more)s{{free}} WHERE {_IS} AND length = %(expected)s{{fence}} RETURNING 1"
_BEGIN = """INSERT INTO run_heads (environment_id, run_id, length) VALUES (%(environment)s, %(run)s, %(more)s)
    ON CONFLICT (environment_id, run_id) DO UPDATE SET length = %(more)s{free}
    WHERE run_heads.length = 0{fence} RETURNING 1"""
_WRITE = """, written AS (INSERT INTO run_journal (environment_id, run_id, seq, line)
    SELECT %(environment)s, %(run)s, %(expected)s + number, line
    FROM head, unnest(%(lines)s::text[]) WITH ORDINALITY AS given(line, number))"""
_TELL = f""", told AS (INSERT INTO runs (environment_id, {COLUMNS})
    SELECT %(environment)s, {", ".join(f"%({name})s" for name in FIELDS)} FROM head
    ON CONFLICT (environment_id, run_id) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in FIELDS[1:])})"""
_END = """, woken AS (UPDATE runs SET due = %(ended_at)s FROM head
    WHERE environment_id = %(environment)s AND run_id = %(parent_run)s AND run_id <> %(run)s AND ended_at IS NULL),
    silent AS (DELETE FROM run_heartbeats USING head
    WHERE environment_id = %(environment)s AND run_id = %(run)s)"""
_WHO = f"SELECT fence FROM run_heads WHERE {_IS}"


class Kind(Struct, frozen=True):
    """What an append has to do, by which its statement is made."""

    first: bool
    leased: bool
    told: bool
    over: bool
    of: bool = False
    carried: bool = False
    sooner: bool = False
    awaits: bool = False
    pins: bool = False


@cache
def append_query(kind: Kind) -> str:
    """The statement for an append of that kind; it gives a row where it was let in."""
    head = (_BEGIN if kind.first else _GO_ON).format(
        free=_FREE if kind.over else "",
        fence=(_FENCE if kind.leased else "") + (f" AND {IS_OF}" if kind.of else ""),
    )
    parts = (
        (_WRITE, True),
        (_TELL, kind.told),
        (_END + ALL_OVER, kind.over),
        (CHANGE, kind.carried and not kind.over),
        (DUE_SOONER, kind.sooner and not kind.told),
        (AWAIT_NO_MORE, kind.awaits and not kind.first),
        (AWAIT, kind.awaits),
        (KEEP, kind.pins),
    )
    rest = "".join(part for part, has in parts if has)
    return f"WITH head AS ({head}){rest} SELECT 1 FROM head"


def shares(claims: Claims | None) -> bool:
    """Whether an append changes what runs have together, which takes more than its statement."""
    if claims is None:
        return False
    own = Claims(
        begun=claims.begun,
        ended=claims.ended,
        of=claims.of,
        due=claims.due,
        awaits=claims.awaits,
    )
    return claims != own


def query_and_values(
    run_id: str,
    expected: int,
    events: Sequence[Event],
    summary: Summary | None,
    lease: Lease | None,
    claims: Claims | None,
    pins: Pins | None,
) -> tuple[str, Values]:
    """The statement of an append, and its values."""
    kind = Kind(
        first=not expected,
        leased=lease is not None,
        told=summary is not None,
        over=summary is not None and summary.ended_at is not None,
        of=claims is not None and claims.of is not None,
        carried=claims is not None and bool(claims.begun or claims.ended),
        sooner=claims is not None and claims.due is not None,
        awaits=claims is not None and claims.awaits is not None,
        pins=bool(pins),
    )
    values: dict[str, Any] = {
        "run": run_id,
        "expected": expected,
        "more": len(events),
        "lines": [to_line(event) for event in events],
        "fence": None if lease is None else lease.fence,
    }
    if claims is not None:
        values |= values_of(claims)
        values |= values_of_awaits(claims)
    if pins:
        values |= values_of_pins(pins)
    query = append_query(kind)
    return query, values if summary is None else values | _row(summary)


async def why_not(
    bound: Bound, run_id: str, lease: Lease | None, claims: Claims | None
) -> Exception:
    """Why an append was not let in."""
    of = None if claims is None else claims.of
    if of is not None and not await is_held(bound, of):
        return LeaseLost(f"the attempt of `{of.step}` is somebody else's by now")
    if lease is not None:
        found = await bound.rows(_WHO, {"run": run_id})
        if not found or found[0][0] != lease.fence:
            return lost(run_id)
    return VersionConflict(f"the run {run_id} has been changed meanwhile")


def lost(run_id: str) -> LeaseLost:
    """The error for a driver that was silent for too long."""
    return LeaseLost(f"the run {run_id} has another driver by now")


def _row(summary: Summary) -> dict[str, Any]:
    row = {name: getattr(summary, name) for name in FIELDS}
    return row | {"listens": json.dumps(summary.listens)}


def summary_of(row: Sequence[Any]) -> Summary:
    """The summary in a row of `COLUMNS`."""
    *told, listens, breaches, priority, carried = row
    return Summary(*(*told, tuple(json.loads(listens)), breaches, priority, carried))
