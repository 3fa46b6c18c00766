"""How many runs of a key there may be: queued, rejected, replaced, or started once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from auterity_sdk.errors import RunRejected
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.testing.virtual_clock import VirtualClock
from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.model import Workflow
from tests.runtime.test_worker import until_all_ended, working
from tests.runtime.worlds import REGISTRY, workflow, world


def waits(limit: int, when_full: str) -> Workflow:
    return workflow(
        f"""
        input: {{key: string}}
        concurrency: {{key: input.key, limit: {limit}, when_full: {when_full}}}
        steps: {{a: {{receive: {{event: go, match: event.run == run.id, timeout: 9d}}}}}}
        ends: {{went: a.received, late: a.timeout}}
        """
    )


def here(store: MemoryStore | SqliteStore, *children: Workflow) -> LocalRuntime:
    known = world(registry=REGISTRY.extended(workflows=children))
    return LocalRuntime(known, store, VirtualClock(moves=False))


async def begun(runtime: LocalRuntime, flow: Workflow, count: int, key: str = "x") -> list[str]:
    runs = []
    for _ in range(count):
        runs.append(await runtime.start(flow, {"key": key}))
        await Worker(runtime).work_off()
    return runs


async def kinds(runtime: LocalRuntime, runs: list[str]) -> list[str]:
    shown = [await runtime.show(run) for run in runs]
    return [each.waiting[0].kind if each.waiting else each.status for each in shown]


async def test_a_queue_lets_so_many_go_on_in_order(store: MemoryStore | SqliteStore) -> None:
    runtime = here(store)
    runs = await begun(runtime, waits(2, "queue"), 4)
    other = await begun(runtime, waits(2, "queue"), 1, "y")
    assert await kinds(runtime, runs + other) == ["receive", "receive", "turn", "turn", "receive"]
    await runtime.send("go", {"run": runs[1]})
    await Worker(runtime).work_off()
    assert await kinds(runtime, runs) == ["receive", "succeeded", "receive", "turn"]
    await runtime.cancel(runs[3])
    await runtime.send("go", {"run": runs[0]})
    await Worker(runtime).work_off()
    assert await kinds(runtime, runs) == ["succeeded", "succeeded", "receive", "cancelled"]


async def test_a_full_key_rejects(store: MemoryStore | SqliteStore) -> None:
    runtime = here(store)
    flow = waits(1, "reject")
    [first] = await begun(runtime, flow, 1)
    with pytest.raises(RunRejected, match="1 runs of the same key"):
        await runtime.start(flow, {"key": "x"}, held=True)
    assert len(await runtime.list_runs()) == 1
    await runtime.send("go", {"run": first})
    await Worker(runtime).work_off()
    assert await kinds(runtime, await begun(runtime, flow, 1)) == ["receive"]


async def test_a_newer_run_replaces_older_ones(store: MemoryStore | SqliteStore) -> None:
    runtime = here(store)
    runs = await begun(runtime, waits(2, "replace"), 4)
    assert await kinds(runtime, runs) == ["cancelled", "cancelled", "receive", "receive"]


async def test_a_run_is_replaced_while_it_is_driven_and_compensated_first(
    store: MemoryStore | SqliteStore,
) -> None:
    flow = workflow(
        """
        input: {first: boolean}
        concurrency: {key: "'x'", when_full: replace}
        steps:
          a: {uses: nop, compensate: {uses: in_a_thread}}
          b: {needs: a, when: input.first, uses: forever}
        """
    )
    runtime = LocalRuntime(world(), store)
    first = asyncio.create_task(runtime.run(flow, {"first": True}))
    for _ in range(500):
        await asyncio.sleep(0.01)
        if [run for run in await runtime.list_runs() if run.status == "running"]:
            break
    second = await runtime.run(flow, {"first": False}, to_the_end=True)
    replaced = await first
    assert (replaced.status, second.status) == ("cancelled", "succeeded")
    assert replaced.steps[0].compensation == "done"
    assert second.ended_at is not None
    assert replaced.ended_at is not None
    assert second.steps[0].started_at is not None
    assert second.steps[0].started_at >= replaced.ended_at


@pytest.mark.parametrize("when_full", ["queue", "replace"])
async def test_a_call_never_waits_for_its_own_callers(
    store: MemoryStore | SqliteStore, when_full: str
) -> None:
    own = workflow(
        f"""
        input: {{deep: boolean}}
        concurrency: {{key: "'x'", when_full: {when_full}}}
        steps: {{a: {{when: input.deep, call: test, with: {{deep: false}}}}}}
        ends: {{no: a.failed, shallow: a.skipped, deep: a}}
        """
    )
    runtime = here(store, own)
    run = await runtime.start(own, {"deep": True})
    await Worker(runtime).work_off()
    shown = await runtime.show(run)
    error = shown.steps[0].error
    assert error is not None
    assert (shown.end, "blocked_by_caller" in error.message) == ("no", True)


ONCE = """
input: {key: string}
idempotency_key: input.key
idempotency_window: 1d
steps: {a: {uses: nop}}
"""


async def test_a_second_run_of_a_key_is_the_first(store: MemoryStore | SqliteStore) -> None:
    runtime = here(store)
    clock = runtime.clock
    assert isinstance(clock, VirtualClock)
    flow, other = workflow(ONCE), workflow(ONCE, "other")
    first = await runtime.start(flow, {"key": "x"})
    assert await runtime.start(flow, {"key": "x"}, held=True) == first
    assert (await runtime.run(flow, {"key": "x"})).run_id == first
    assert await runtime.start(flow, {"key": "y"}) != first
    assert await runtime.start(other, {"key": "x"}) != first
    assert len(await runtime.list_runs()) == 3
    clock.advance(Duration.parse("1d").timedelta)
    assert await runtime.start(flow, {"key": "x"}) == first
    clock.advance(Duration.parse("1ms").timedelta)
    second = await runtime.start(flow, {"key": "x"})
    assert second != first
    assert await runtime.start(flow, {"key": "x"}) == second


async def test_without_a_window_a_key_counts_as_long_as_its_run_is_kept(
    store: MemoryStore | SqliteStore,
) -> None:
    runtime = here(store)
    flow = workflow(ONCE.replace("idempotency_window: 1d\n", ""))
    first = (await runtime.run(flow, {"key": "x"})).run_id
    assert await runtime.start(flow, {"key": "x"}) == first
    assert await store.prune([first]) == 1
    assert await runtime.start(flow, {"key": "x"}) != first


def test_runs_begun_at_once_by_two_processes_take_turns(tmp_path: Path) -> None:
    store, count = SqliteStore(tmp_path / "runs.db"), 12
    runtime = LocalRuntime(world(), store)
    flow = workflow(
        "concurrency: {key: \"'x'\"}\nsteps: {a: {uses: guarded, with: {name: x}}, b: {needs: a, uses: guarded, with: {name: x}}}"
    )

    async def begin() -> None:
        for number in range(count):
            await runtime.start(flow, {}, run_id=f"r{number:02}")

    asyncio.run(begin())
    with working(tmp_path, 2):
        until_all_ended(store, count)
    assert not (tmp_path / "effects" / "overlap").exists()
    lines = (tmp_path / "effects" / "order-x").read_text().splitlines()
    assert lines == [f"r{number:02} {step}" for number in range(count) for step in "ab"]
    store.close()
