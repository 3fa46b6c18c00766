"""Queues and priorities over the runs of a store: places, rates, order, and workers that serve one queue."""

from __future__ import annotations

import asyncio
import signal
import time
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auterity_sdk.runs.events import AttemptStarted, StepStarted
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.testing.virtual_clock import VirtualClock
from auterity_sdk.workflow.queue import Queue
from tests.runtime.test_worker import until_all_ended, working
from tests.runtime.worlds import REGISTRY, outcomes, workflow, world

CROWD = workflow("steps: {a: {uses: crowd, with: {name: x}, queue: three}}")
ITEMS = """
input: {items: {type: array, items: {type: integer}}}
steps:
  each:
    for_each:
      in: input.items
      max_parallel: 100
      steps: {a: {uses: flaky, with: {times: "${item}"}, queue: rated, retry: {attempts: 9, initial: 70ms}}}
"""
ONE = """
name: one
input: {rank: integer}
priority: input.rank
steps: {a: {uses: guarded, with: {name: x}, queue: one}}
"""


def crowds(effects: Path) -> list[int]:
    lines = (effects / "crowd-x").read_text().splitlines()
    return [int(line.split()[0]) for line in lines]


async def test_so_many_attempts_of_a_queue_run_at_once(
    store: MemoryStore | SqliteStore, effects: Path
) -> None:
    here = LocalRuntime(world(), store)
    views = await asyncio.gather(*[here.run(CROWD, {}, to_the_end=True) for _ in range(10)])
    assert {view.status for view in views} == {"succeeded"}
    assert (len(crowds(effects)), max(crowds(effects))) == (10, 3)
    assert await store.turns(views[0].run_id, 0) == {}


def test_two_workers_keep_to_a_queue_though_one_is_killed(tmp_path: Path) -> None:
    store, count = SqliteStore(tmp_path / "runs.db"), 30
    here = LocalRuntime(world(), store)

    async def begin() -> None:
        for number in range(count):
            await here.start(CROWD, {}, run_id=f"r{number:02}")

    asyncio.run(begin())
    with working(tmp_path, 2) as processes:
        for _ in range(600):
            if (tmp_path / "effects" / "crowd-x").exists():
                break
            time.sleep(0.01)
        processes[0].send_signal(signal.SIGKILL)
        until_all_ended(store, count)
    assert max(crowds(tmp_path / "effects")) == 3
    statuses = [run.status for run in asyncio.run(store.runs())]
    assert statuses == ["succeeded"] * count
    assert store._database.execute("SELECT count(*) FROM claims").fetchone() == (0,)
    store.close()


async def begins(items: list[int], queue: Queue, store: MemoryStore | SqliteStore) -> list[int]:
    """When the attempts of a run of these items begin, whose retries take no time but that of the queue."""
    limited = replace(REGISTRY, queues={"rated": queue})
    here = LocalRuntime(world(registry=limited), store, VirtualClock())
    view = await here.run(workflow(ITEMS), {"items": items}, to_the_end=True)
    assert view.status == "succeeded"
    return [
        event.at
        for event in await store.events(view.run_id)
        if isinstance(event, StepStarted | AttemptStarted) and event.step != "each"
    ]


async def test_a_rate_lets_so_many_attempts_begin_in_a_time(
    store: MemoryStore | SqliteStore,
) -> None:
    found = await begins([1] * 7, Queue("rated", None, 3, 1000), store)
    assert [at - found[0] for at in found] == [0, 0, 0, 1000, 1000, 1000, 2000]


@given(
    items=st.lists(st.integers(1, 4), max_size=8),
    slots=st.none() | st.integers(1, 3),
    rate=st.integers(1, 4),
    per=st.integers(1, 200),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_time_as_long_as_the_rate_has_more_beginnings(
    items: list[int], slots: int | None, rate: int, per: int
) -> None:
    found = asyncio.run(begins(items, Queue("rated", slots, rate, per), MemoryStore()))
    assert len(found) == sum(items)
    for start in found:
        assert len([at for at in found if start <= at < start + per]) <= rate


async def test_who_has_a_higher_priority_comes_first(
    store: MemoryStore | SqliteStore, effects: Path
) -> None:
    here = LocalRuntime(world(), store, VirtualClock(moves=False))
    ranks = [0, 5, -3, 5, 9]
    runs = [
        await here.start(workflow(ONE), {"rank": rank}, run_id=f"r{number}")
        for number, rank in enumerate(ranks)
    ]
    # An hour later, -3 has waited longer than 50 points make up for.
    here.clock.at += 3_600_000
    runs.append(await here.start(workflow(ONE), {"rank": 50}, run_id="late"))
    await Worker(here, most=2).work_off()
    order = [line.split()[0] for line in (effects / "order-x").read_text().splitlines()]
    assert order == ["r4", "r1", "r3", "r0", "r2", "late"]


async def test_a_worker_takes_up_runs_by_priority(
    store: MemoryStore | SqliteStore, effects: Path
) -> None:
    here = LocalRuntime(world(), store, VirtualClock(moves=False))
    text = ONE.replace(", queue: one", "")
    for number, rank in enumerate([0, 5, -3, 9]):
        await here.start(workflow(text), {"rank": rank}, run_id=f"r{number}")
    assert await store.due(here.clock.now(), 9) == ["r3", "r1", "r0", "r2"]
    assert [run.priority for run in await store.runs()] == [9, -3, 5, 0]


async def test_runs_of_a_key_begin_by_priority(store: MemoryStore | SqliteStore) -> None:
    here = LocalRuntime(world(), store, VirtualClock(moves=False))
    text = ONE.replace("priority:", "concurrency: {key: \"'k'\"}\npriority:")
    first = workflow(text.replace("uses: guarded, with: {name: x}, queue: one", "wait: 1h"))
    for number, rank in enumerate([0, 1, 7]):
        await here.start(first, {"rank": rank}, run_id=f"r{number}")
        await Worker(here).work_off()
    assert await store.ahead("r1") == ["r0", "r2"]
    here.clock.at += 3_600_000
    await Worker(here).work_off()
    shown = [(await here.show(run)).waiting for run in ("r0", "r1", "r2")]
    assert [[wait.kind for wait in waits] for waits in shown] == [[], ["turn"], ["wait"]]


async def test_a_worker_of_a_queue_leaves_all_else_to_others(
    store: MemoryStore | SqliteStore, effects: Path
) -> None:
    text = """
    steps:
      a: {uses: effect, with: {name: a}, queue: three}
      b: {needs: a, uses: effect, with: {name: b}}
      c: {needs: b, uses: effect, with: {name: c}, queue: one}
    """
    here = LocalRuntime(world(), store)
    run = await here.start(workflow(text), {})

    def marks() -> set[str]:
        return {file.read_text().split()[0] for file in effects.iterdir()}

    await Worker(here, queues=["one"]).work_off()
    assert marks() == set()
    await Worker(here, queues=["three", "one"]).work_off()
    assert marks() == {"a"}
    assert outcomes(await here.show(run)) == {"a": "ok", "b": "running", "c": "not started"}
    await Worker(here).work_off()
    assert marks() == {"a", "b", "c"}
    assert (await here.show(run)).status == "succeeded"


async def test_a_child_run_has_the_priority_of_its_caller(store: MemoryStore | SqliteStore) -> None:
    child = workflow("steps: {a: {wait: 1d}}", name="child")
    registry = REGISTRY.extended(workflows=[child])
    here = LocalRuntime(world(registry=registry), store, VirtualClock(moves=False))
    await here.start(workflow("priority: 8\nsteps: {a: {call: child}}"), {})
    await Worker(here).work_off()
    assert [run.priority for run in await store.runs()] == [8, 8]
