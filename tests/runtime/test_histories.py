"""Stores that earlier versions wrote: they open, each run is in the state that it was in, and goes on.

`tests/histories/store-N.sql` is a dump of a file of the schema N, `store-N.states.json` how its runs stood when it
was recorded. Neither is ever changed.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.testing.virtual_clock import VirtualClock
from tests.runtime.worlds import world

HISTORIES = Path(__file__).parents[1] / "histories"
DUMPS = sorted(HISTORIES.glob("store-*.sql"))
RECORDED_UNTIL = 1_800_021_600_000


def restored(dump: Path, folder: Path) -> SqliteStore:
    file = folder / "runs.db"
    with closing(sqlite3.connect(file)) as database:
        database.executescript(dump.read_text(encoding="utf-8"))
    return SqliteStore(file)


def plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


async def states(store: SqliteStore) -> dict[str, Any]:
    runtime = LocalRuntime(world(), store)
    found = {}
    for summary in await store.runs():
        shown = await runtime.show(summary.run_id)
        found[summary.run_id] = json.loads(json.dumps(shown.as_data(), default=plain))
    return found


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
async def test_a_recorded_store_has_the_same_states(dump: Path, tmp_path: Path) -> None:
    store = restored(dump, tmp_path)
    expected = json.loads(dump.with_suffix(".states.json").read_text(encoding="utf-8"))
    found = told_then(await states(store), expected)
    store.close()
    assert found == expected


def told_then(found: Any, expected: Any) -> Any:
    """Without what a view tells only since the recording."""
    if isinstance(found, dict) and isinstance(expected, dict):
        return {key: told_then(found[key], expected[key]) for key in found if key in expected}
    if isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        return [told_then(*pair) for pair in zip(found, expected, strict=True)]
    return found


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
async def test_a_recorded_store_goes_on(dump: Path, tmp_path: Path) -> None:
    store = restored(dump, tmp_path)
    clock = VirtualClock(RECORDED_UNTIL, moves=False)
    runtime = LocalRuntime(world(), store, clock)
    begun = await runtime.drive("begun")
    assert [each.path for each in begun.waiting] == ["pause"]
    await runtime.approve("asked", "ask", by="ann", roles=["manager"])
    # The event `e2` has come before it asked, and does not match.
    assert [each.kind for each in (await runtime.drive("asked")).waiting] == ["receive"]
    new, taken_by = await runtime.send("sms.received", {"n": 2})
    assert (new, taken_by) == (True, "asked")
    shown = {each.path: each.state for each in (await runtime.show("asked")).steps}
    assert shown["told"] == "failed"  # nothing of the recorded workflow names `received`
    store.close()
    again = SqliteStore(tmp_path / "runs.db")
    assert len(await again.runs()) == 5
    again.close()
