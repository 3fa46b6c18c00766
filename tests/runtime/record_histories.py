"""Records histories: real runs of this version, as `tests/histories` keeps them to be replayed by every later one.

`python -m tests.runtime.record_histories` records those of `scenarios.py` and of the shipped workflows that are not
recorded yet. What is recorded once is never changed.

A history is two files: `journal-NAME.jsonl`, whose first line holds the workflows by version and whose others are the
lines of journals as the store keeps them, each behind the id of its run; and `journal-NAME.states.json`, the state of
each run, folded from it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any

from msgspec import Struct

from auterity_sdk.runs.events import Event, RunMigrated, RunStarted
from auterity_sdk.runs.journal import from_line, to_line
from auterity_sdk.runtime.live import open_run
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.ports import Summary
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.stores.memory import MemoryStore
from tests.runtime.scenarios import ROOT, SCENARIOS, Recorded, shipped
from tests.runtime.worlds import QUEUES, STEPS, world

REGISTRY = replace(
    Project.find(ROOT / "workflows").registry.extended(STEPS),
    queues={queue.name: queue for queue in QUEUES},
)
HISTORIES = ROOT / "tests" / "histories"
_NOT_STATE = frozenset({"plan", "parent", "work", "places", "ranked"})
"""What a state refers to and does not consist of: plans, the instance around, and what is found by both."""


def versions_of(events: Iterable[Event]) -> Iterator[str]:
    """The versions that a run went by."""
    for event in events:
        if isinstance(event, RunStarted | RunMigrated):
            yield event.version


def plain(value: Any) -> Any:
    """A state as JSON, in which equal states are equal."""
    match value:
        case Struct():
            names = [name for name in type(value).__struct_fields__ if name not in _NOT_STATE]
            return {name: plain(getattr(value, name)) for name in names}
        case Enum():
            return value.value
        case Mapping():
            return {str(key): plain(inner) for key, inner in value.items()}
        case set() | frozenset():
            return sorted(value)
        case list() | tuple():
            return [plain(inner) for inner in value]
        case _:
            return value


async def history(recorded: Recorded) -> list[str]:
    """The lines of the first file."""
    store, run_ids = recorded
    lines, versions = [], set()
    for run_id in run_ids:
        events = await store.events(run_id)
        versions |= {*versions_of(events)}
        lines += [f"{run_id} {to_line(event)}" for event in events]
    workflows = {version: dict(await store.version(version)) for version in sorted(versions)}
    return [json.dumps(workflows), *lines]


def journals(lines: Iterable[str]) -> dict[str, list[str]]:
    """The lines of each run."""
    found: dict[str, list[str]] = {}
    for line in lines:
        run_id, _, rest = line.partition(" ")
        found.setdefault(run_id, []).append(rest)
    return found


async def kept(lines: list[str]) -> LocalRuntime:
    """A runtime whose store holds a history."""
    store = MemoryStore()
    pins = json.loads(lines[0])
    for run_id, journal in journals(lines[1:]).items():
        events = [from_line(line) for line in journal]
        last = [*versions_of(events)][-1]
        told = Summary(run_id, "w", last, "x", events[0].at)
        await store.append(run_id, 0, events, told, pins=pins)
    return LocalRuntime(world(registry=REGISTRY), store)


async def states_of(lines: list[str]) -> dict[str, Any]:
    """The state of each run of a history, folded from its journal."""
    here = await kept(lines)
    found = {}
    for run_id in journals(lines[1:]):
        live = await open_run(run_id, here.store, here.plans)
        found[run_id] = {**plain(live.state), "parent": live.state.parent}
    return found


def main() -> None:
    """Record what is not recorded yet."""
    shipped_names = [file.name.partition(".")[0] for file in (ROOT / "workflows").glob("*.test.*")]
    for name in (*SCENARIOS, *sorted(shipped_names)):
        file = HISTORIES / f"journal-{name}.jsonl"
        if file.exists():
            continue
        lines = asyncio.run(_history_of(name)) if name in SCENARIOS else _of(shipped(name))
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        states = asyncio.run(states_of(lines))
        file.with_suffix(".states.json").write_text(
            json.dumps(states, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
        sys.stdout.write(f"{file.relative_to(ROOT)}: {len(lines) - 1} events\n")


async def _history_of(name: str) -> list[str]:
    return await history(await SCENARIOS[name]())


def _of(recorded: Recorded) -> list[str]:
    return asyncio.run(history(recorded))


if __name__ == "__main__":
    main()
