"""Pages of runs in PostgreSQL, each read off an index from where the page before ended."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from auterity_server.run_store.append import COLUMNS

LAST_CHARACTER = chr(0x10FFFF)
_ORDER = "ORDER BY started_at DESC, run_id DESC LIMIT %(most)s"
_CONDITIONS = {
    "statuses": "status = asked.status",
    "parent_run": "parent_run = %(parent_run)s",
    "prefix": "run_id >= %(prefix)s AND run_id < %(last)s",
    "workflow": "workflow = %(workflow)s",
    "before": "(started_at, run_id) < (%(since)s, %(below)s)",
}


def page_of_runs(
    statuses: Sequence[str],
    parent_run: str | None,
    prefix: str,
    workflow: str,
    before: tuple[int, str] | None,
    limit: int,
) -> tuple[str, dict[str, Any]]:
    """The query of a page, and its values."""
    given = {
        "statuses": bool(statuses),
        "parent_run": parent_run is not None,
        "prefix": bool(prefix),
        "workflow": bool(workflow),
        "before": before is not None,
    }
    since, below = before or (0, "")
    values = {
        "statuses": list(dict.fromkeys(statuses)),
        "parent_run": parent_run,
        "prefix": prefix,
        "last": prefix + LAST_CHARACTER,
        "workflow": workflow,
        "since": since,
        "below": below,
        "most": limit,
    }
    return _query(tuple(name for name, is_given in given.items() if is_given)), values


@cache
def _query(given: tuple[str, ...]) -> str:
    """Only what is asked is in it: then the index of just that is used. Of several statuses each is read by itself."""
    where = "".join(f" AND {_CONDITIONS[name]}" for name in given)
    found = f"SELECT {COLUMNS} FROM runs WHERE environment_id = %(environment)s{where} {_ORDER}"
    if "statuses" not in given:
        return found
    return f"""SELECT found.* FROM unnest(%(statuses)s::text[]) AS asked(status)
        CROSS JOIN LATERAL ({found}) AS found {_ORDER}"""
