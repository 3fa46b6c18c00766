"""Workers carry on what is due, side by side, whatever dies."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from auterity_sdk.runs.decide import MOST_LOST
from auterity_sdk.runs.events import AttemptLost, Event, RunEnded, StepEnded
from auterity_sdk.runs.state import RunState
from auterity_sdk.runtime.lease_holder import LEASE
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.testing.virtual_clock import VirtualClock
from auterity_sdk.workflow.model import Workflow
from tests.runtime.worlds import EFFECTS, REGISTRY, workflow, world

ROOT = Path(__file__).parents[2]
TWO = (
    "steps:\n  a: {uses: effect, with: {name: a}}\n  b: {needs: a, uses: effect, with: {name: b}}\n"
)
WAITS = """
steps:
  pause: {wait: 2d}
  call: {needs: pause, call: child}
ends: {over: call.paid, late: call.late}
"""
CHILD = "name: child\nsteps:\n  ask: {receive: {event: paid, timeout: 3d}}\nends: {paid: ask.received, late: ask.timeout}\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = SqliteStore(tmp_path / "runs.db")
    yield made
    made.close()


def runtime(
    store: SqliteStore, clock: VirtualClock | None = None, *children: Workflow
) -> LocalRuntime:
    here = world(registry=REGISTRY.extended(workflows=children))
    return LocalRuntime(here, store, clock) if clock else LocalRuntime(here, store)


async def test_what_was_begun_and_left_is_carried_on(store: SqliteStore, tmp_path: Path) -> None:
    os.environ[EFFECTS] = str(tmp_path)
    here = runtime(store)
    runs = [await here.start(workflow(TWO), {}) for _ in range(5)]
    await Worker(here, most=2).work_off()
    assert {(await here.show(run)).status for run in runs} == {"succeeded"}
    assert await store.due(10**15, 10) == []


async def test_timers_child_runs_and_events_are_carried_on(store: SqliteStore) -> None:
    clock = VirtualClock(moves=False)
    here = runtime(store, clock, workflow(CHILD))
    run = await here.start(workflow(WAITS), {})
    await Worker(here).work_off()
    assert [each.kind for each in (await here.show(run)).waiting] == ["wait"]
    assert await store.due(clock.now(), 10) == []
    clock.at += 2 * 24 * 3600 * 1000
    await Worker(here).work_off()
    assert [each.kind for each in (await here.show(run)).waiting] == ["call"]
    assert await store.due(clock.now(), 10) == []
    await here.send("paid", {})
    await Worker(here).work_off()
    assert (await here.show(run)).status == "succeeded"
    assert await store.next_due(clock.now()) is None


async def test_a_caller_is_told_of_a_child_run_that_takes_no_time(store: SqliteStore) -> None:
    """Even where it is given back while the child runs, and asks again before the child is."""
    here = runtime(store, None, workflow("name: child\nsteps: {a: {uses: add}}"))
    run = await here.start(workflow("steps: {c: {call: child}}"), {})
    await Worker(here).work_off()
    assert (await here.show(run)).status == "succeeded"


async def test_an_early_event_is_offered_to_a_receive_that_begins_elsewhere(
    store: SqliteStore,
) -> None:
    here = runtime(store)
    after = CHILD.replace("ask: {", "first: {uses: nop}\n  ask: {needs: first, ")
    run = await here.start(workflow(after), {})
    assert await here.send("paid", {}) == (True, None)
    await Worker(here).work_off()
    assert (await here.show(run)).end == "paid"


async def test_room_that_becomes_free_is_filled_at_once() -> None:
    """The clock stands still: nothing is looked for because it is time."""
    here = LocalRuntime(world(), MemoryStore(), VirtualClock(moves=False))
    for _ in range(20):
        await here.start(workflow("steps: {a: {uses: in_a_thread}}"), {})
    stop, left = asyncio.Event(), {run.run_id for run in await here.list_runs()}

    def watcher(run_id: str, event: Event, _: RunState) -> None:
        if isinstance(event, RunEnded):
            left.discard(run_id)
            if not left:
                stop.set()

    async with asyncio.timeout(20):
        await Worker(here, most=4, watcher=watcher).work(stop)
    assert not left


async def test_a_worker_stops_when_it_is_told_to(store: SqliteStore) -> None:
    here = runtime(store)
    run = await here.start(workflow("steps:\n  a: {uses: forever}\n"), {})
    stop = asyncio.Event()
    working = asyncio.create_task(Worker(here).work(stop))
    for _ in range(500):
        await asyncio.sleep(0.01)
        if not await store.due(here.clock.now(), 1):
            break
    stop.set()
    await asyncio.wait_for(working, 10)
    assert await store.due(here.clock.now(), 1) == [run]
    assert not (await store.take(run, "x:1:2:3", 0, 1)).orphaned


async def test_a_run_that_cannot_be_carried_on_here_is_told_and_holds_up_none(
    store: SqliteStore,
) -> None:
    here = runtime(store)
    good = await here.start(workflow(CHILD), {})
    summary = await store.run(good)
    assert summary is not None
    database = store._database
    database.execute(
        "INSERT INTO journal SELECT 'bad', seq, line, NULL FROM journal WHERE run_id = ?", (good,)
    )
    database.execute(
        "INSERT INTO runs SELECT 'bad', workflow, 'nothing', 'running', 0, ended_at, due, parent_run,"
        " parent, listens, breaches, priority, carried FROM runs WHERE run_id = ?",
        (good,),
    )
    problems = []
    await Worker(here, problem=lambda run, error: problems.append((run, error.message))).work_off()
    assert [run for run, _ in problems] == ["bad"]
    assert [each.kind for each in (await here.show(good)).waiting] == ["receive"]


async def test_who_lost_its_lease_leaves_the_run_alone(store: SqliteStore, tmp_path: Path) -> None:
    """A process that slept: another one has taken its run over, and what it brings late does not count."""
    os.environ[EFFECTS] = str(tmp_path)
    here = runtime(store)
    run = await here.start(workflow(TWO), {})
    with here.driver() as driver:
        live = await driver.take_up(run)
        now = here.clock.now()
        taken = await store.take(run, "x:1:2:3", now + 2 * LEASE, now + 3 * LEASE)
        assert taken.orphaned
        while driver.is_busy:
            await driver.turn()
            await asyncio.sleep(0.01)
        await driver.turn()
        assert not driver.drives(run)
        assert not any(isinstance(event, StepEnded) for event in await store.events(run))
        assert live.state is not None
        await driver.close()


async def test_a_run_that_others_ended_is_lost_to_nobody(store: SqliteStore) -> None:
    """Its lease is free by then, which whoever renews it just now may see before its end."""
    here = runtime(store)
    run = await here.start(workflow(CHILD), {})
    with here.driver() as driver:
        live = await driver.take_up(run)
        other = SqliteStore(store.file)
        await runtime(other).cancel(run)
        other.close()
        await driver._others.renew()
        assert driver.drives(run)
        assert live.state.status == "cancelled"
        await driver.close()


async def test_a_child_that_ends_while_its_caller_is_given_back_is_told_of(
    store: SqliteStore,
) -> None:
    child = workflow("name: child\nsteps:\n  a: {uses: nop}\n  w: {needs: a, wait: 1ms}\n")
    here = runtime(store, None, child)
    run = await here.start(workflow("steps: {call: {call: child}}"), {})
    with here.driver() as first:
        await first.take_up(run)
        await first.close()
    [called] = [each.run_id for each in await store.runs() if each.parent_run == run]
    with here.driver() as one, here.driver() as other:
        await one.take_up(called)
        await other.take_up(run)
        while one.drives(called) and not (await one.take_up(called)).state.over:
            await one.turn()
        await other.let_go()
        assert run in await store.due(here.clock.now(), 9)
        await one.close()
        await other.close()
    await Worker(here).work_off()
    assert (await here.show(run)).status == "succeeded"


def work(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A worker in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.runtime.test_worker", str(folder), *arguments],
        cwd=ROOT,
        env={**os.environ, EFFECTS: str(folder / "effects")},
        stderr=subprocess.DEVNULL,
    )


@contextmanager
def working(folder: Path, count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    (folder / "effects").mkdir(exist_ok=True)
    processes = [work(folder) for _ in range(count)]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def until_all_ended(store: SqliteStore, count: int, seconds: float = 120) -> None:
    for _ in range(int(seconds / 0.05)):
        if ended(store) == count:
            return
        time.sleep(0.05)
    raise AssertionError("the runs did not end")


def ended(store: SqliteStore) -> int:
    """How many runs have ended."""
    query = "SELECT count(*) FROM runs WHERE ended_at IS NOT NULL"
    return int(store._database.execute(query).fetchone()[0])


def test_two_workers_and_many_runs_make_each_effect_once(
    store: SqliteStore, tmp_path: Path
) -> None:
    count = 1_000
    here = runtime(store)
    one = workflow("steps:\n  a: {uses: effect, with: {name: a}}\n")

    async def begin() -> None:
        for number in range(count):
            await here.start(one, {}, run_id=f"r{number}")

    asyncio.run(begin())
    with working(tmp_path, 2):
        until_all_ended(store, count)
    marks = [mark.read_text().splitlines() for mark in (tmp_path / "effects").iterdir()]
    assert len(marks) == count
    assert {len(mark) for mark in marks} == {1}


def test_another_process_carries_on_what_was_started_after_a_prune(
    store: SqliteStore, tmp_path: Path
) -> None:
    """A process that lives long compiled the workflow before its version was forgotten with the last run of it."""
    here, flow = runtime(store), workflow(TWO)
    with working(tmp_path, 1):
        asyncio.run(here.start(flow, {}))
        until_all_ended(store, 1)
    assert work(tmp_path, "--prune").wait() == 0
    assert asyncio.run(store.versions("")) == []
    for again in (flow, workflow(TWO)):
        asyncio.run(here.start(again, {}))
    with working(tmp_path, 1):
        until_all_ended(store, 2, seconds=20)


def test_a_killed_worker_loses_no_run(store: SqliteStore, tmp_path: Path) -> None:
    count = 60
    here = runtime(store)

    async def begin() -> None:
        for number in range(count):
            await here.start(workflow(TWO), {}, run_id=f"r{number}")

    asyncio.run(begin())
    with working(tmp_path, 2) as processes:
        time.sleep(0.9)
        processes[0].send_signal(signal.SIGKILL)
        until_all_ended(store, count)

    async def steps_ended() -> Counter[tuple[str, str]]:
        events = [
            (run.run_id, event)
            for run in await store.runs()
            for event in await store.events(run.run_id)
        ]
        return Counter((run, event.step) for run, event in events if isinstance(event, StepEnded))

    found = asyncio.run(steps_ended())
    assert len(found) == 2 * count
    assert set(found.values()) == {1}


def test_a_step_that_kills_its_process_fails_and_holds_up_none(
    store: SqliteStore, tmp_path: Path
) -> None:
    here = runtime(store)

    async def begin() -> None:
        await here.start(
            workflow("steps:\n  a: {uses: kill}\nends: {no: a.failed, yes: a}\n"), {}, run_id="bad"
        )
        for number in range(10):
            await here.start(workflow(TWO), {}, run_id=f"r{number}")

    asyncio.run(begin())
    (tmp_path / "effects").mkdir()
    process = work(tmp_path, "--isolate")
    try:
        for _ in range(1_800):
            if process.poll() is not None:  # its process dies, and somebody starts it again
                process = work(tmp_path, "--isolate")
            time.sleep(0.1)
            if ended(store) == 11:
                break
    finally:
        process.terminate()
        process.wait()
    assert ended(store) == 11
    shown = asyncio.run(here.show("bad"))
    assert shown.end == "no"
    assert shown.steps[0].error is not None
    assert shown.steps[0].error.type == "process_died"
    lost = [event for event in asyncio.run(store.events("bad")) if isinstance(event, AttemptLost)]
    assert len(lost) == MOST_LOST
    assert {asyncio.run(here.show(f"r{number}")).status for number in range(10)} == {"succeeded"}


def main(folder: Path, *arguments: str) -> None:
    """A worker on a store, which a test starts and kills; or a process that prunes the store."""
    store = SqliteStore(folder / "runs.db")
    here = runtime(store)

    async def go() -> None:
        if "--only" in arguments:
            await here.drive(arguments[-1])
            return
        if "--prune" in arguments:
            await store.prune(await store.prunable(here.clock.now() + 1))
            return
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await Worker(here, isolate=apart if "--isolate" in arguments else None).work(stop)

    async def apart(run_id: str) -> None:
        await asyncio.to_thread(work(folder, "--only", run_id).wait)

    asyncio.run(go())
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
