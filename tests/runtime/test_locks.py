"""Locks over the runs of a store: in one process, in several, and when one dies that holds one."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path

from auterity_sdk.runtime.clock import SystemClock
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.ports import Turn
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.testing.virtual_clock import VirtualClock
from tests.runtime.test_worker import until_all_ended, working
from tests.runtime.worlds import REGISTRY, workflow, world

GUARDED = workflow(
    """
    input: {key: string}
    steps:
      a: {uses: guarded, with: {name: "${input.key}"}, lock: input.key}
      b: {uses: guarded, with: {name: "${input.key}"}, lock: input.key}
    """
)
HOLDS = workflow(
    """
    steps:
      w:
        lock: "'k'"
        repeat: {until: outcome.r != 'timeout', max: 1, steps: {r: {receive: {event: go, timeout: 9d}}}}
    ends: {ok: w, no: w.exhausted}
    """
)


async def test_runs_of_one_process_take_turns(
    store: MemoryStore | SqliteStore, effects: Path
) -> None:
    here = LocalRuntime(world(), store)
    runs = [here.run(GUARDED, {"key": f"k{number % 2}"}, to_the_end=True) for number in range(6)]
    views = await asyncio.gather(*runs)
    assert {view.status for view in views} == {"succeeded"}
    assert not (effects / "overlap").exists()
    assert len((effects / "order-k0").read_text().splitlines()) == 6
    assert await store.turns(views[0].run_id, 0) == {}


async def test_a_worker_grants_in_the_order_of_asking(
    store: MemoryStore | SqliteStore, effects: Path
) -> None:
    here = LocalRuntime(world(), store)
    text = "steps: {a: {uses: guarded, with: {name: x}, lock: \"'x'\"}}"
    runs = [await here.start(workflow(text), {}, run_id=f"r{number}") for number in range(9)]
    await Worker(here, most=3).work_off()
    lines = (effects / "order-x").read_text().splitlines()
    assert lines == [f"{run} a" for run in runs]
    assert not (effects / "overlap").exists()


async def test_who_waits_holds_no_memory_and_is_due_once_the_lock_is_released(
    store: MemoryStore | SqliteStore, effects: Path
) -> None:
    here = LocalRuntime(world(), store, VirtualClock(moves=False))
    first = await here.start(HOLDS, {})
    await Worker(here).work_off()
    second = await here.start(HOLDS, {})
    await Worker(here).work_off()
    assert await store.turns(second, 0) == {"w": Turn(first)}
    assert await store.due(here.clock.now(), 10) == []
    assert [wait.kind for wait in (await here.show(second)).waiting] == ["lock"]
    await here.send("go", {})
    await Worker(here).work_off()
    assert (await here.show(first)).status == "succeeded"
    assert await store.turns(second, 0) == {}
    assert [wait.kind for wait in (await here.show(second)).waiting] == ["receive"]


async def test_a_run_that_is_cancelled_leaves_the_queue(
    store: MemoryStore | SqliteStore, effects: Path
) -> None:
    here = LocalRuntime(world(), store)
    runs = [await here.start(GUARDED, {"key": "x"}) for _ in range(3)]
    await here.cancel(runs[0])
    await Worker(here).work_off()
    assert [(await here.show(run)).status for run in runs] == [
        "cancelled",
        "succeeded",
        "succeeded",
    ]


async def test_nothing_under_a_call_with_a_lock_takes_one(
    store: MemoryStore | SqliteStore, effects: Path
) -> None:
    child = GUARDED.model_copy(update={"name": "child"})
    caller = workflow("steps: {a: {call: child, with: {key: x}, lock: \"'y'\"}}")
    here = LocalRuntime(world(registry=REGISTRY.extended(workflows=[child])), store)
    view = await here.run(caller, {}, to_the_end=True)
    assert view.error is not None
    assert "nested_lock" in view.error.message


def test_two_workers_keep_locks_though_one_is_killed(tmp_path: Path) -> None:
    store, count = SqliteStore(tmp_path / "runs.db"), 24
    here = LocalRuntime(world(), store)

    async def begin() -> None:
        for number in range(count):
            await here.start(GUARDED, {"key": f"k{number % 3}"}, run_id=f"r{number:02}")

    asyncio.run(begin())
    with working(tmp_path, 2) as processes:
        for _ in range(600):
            if list((tmp_path / "effects").glob("order-*")):
                break
            time.sleep(0.01)
        processes[0].send_signal(signal.SIGKILL)
        until_all_ended(store, count)
    assert not (tmp_path / "effects" / "overlap").exists()
    statuses = [run.status for run in asyncio.run(store.runs())]
    assert statuses == ["succeeded"] * count
    assert store._database.execute("SELECT count(*) FROM claims").fetchone() == (0,)
    store.close()


async def test_a_turn_that_another_process_gives_back_is_noticed_by_its_writing(
    open_store: Callable[[], SqliteStore],
) -> None:
    """Not by asking again and again: the clock here would wait for a day."""
    here, there = (LocalRuntime(world(), open_store()) for _ in range(2))
    first = await here.start(HOLDS, {})
    await Worker(here).work_off()
    second = await here.start(HOLDS, {})
    released: list[str] = []

    class Watched(SystemClock):
        async def pause(
            self,
            until: int | None,
            wake: asyncio.Event,
            *,
            idle: bool,
            changed: Callable[[], bool] | None = None,
        ) -> None:
            assert changed is not None
            changed()
            if not released:
                released.append(first)
                await there.send("go", {})
                await Worker(there).work_off()
            await super().pause(until and until + 86_400_000, wake, idle=idle, changed=changed)

    with LocalRuntime(world(), here.store, Watched()).driver() as driver:
        await driver.take_up(second)
        async with asyncio.timeout(60):
            while "w" in driver._lives[second].state.asking:
                if not await driver.turn():
                    await driver.pause()
        await driver.close()
    assert (await there.show(first)).status == "succeeded"
