"""Runs that would wait for each other in a circle: the one that asked last gives way."""

from __future__ import annotations

import asyncio
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from auterity_sdk.runtime.circles import DEADLOCK, circle
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.ports import Holder, Summary
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.view import RunView
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.testing.virtual_clock import VirtualClock
from auterity_sdk.workflow.model import Workflow
from tests.runtime.test_worker import until_all_ended, working
from tests.runtime.worlds import REGISTRY, workflow, world

LOCKS = """
name: locks
input: {leaf: {type: boolean, default: false}}
steps:
  pause: {wait: 200ms}
  c: {needs: pause, call: right, with: {leaf: true}, lock: "'k'"}
ends: {ok: c, no: c.failed}
"""


def here(store: MemoryStore | SqliteStore) -> LocalRuntime:
    return LocalRuntime(world(), store)


async def errors(runtime: LocalRuntime) -> list[str]:
    """The messages of all runs that failed because of a circle."""
    shown = [await runtime.show(run.run_id) for run in await runtime.store.runs()]
    failed = [view.error for view in shown if view.error is not None]
    return [error.message for error in failed if error.type == DEADLOCK]


async def test_two_runs_that_call_into_each_others_turn(store: MemoryStore | SqliteStore) -> None:
    runtime = here(store)
    left, right = (REGISTRY.workflows[name] for name in ("left", "right"))
    views: list[RunView] = await asyncio.gather(
        runtime.run(left, {}, to_the_end=True), runtime.run(right, {}, to_the_end=True)
    )
    assert sorted(view.end for view in views) == ["no", "ok"]
    [message] = await errors(runtime)
    waiting = [run.run_id for run in await store.runs() if run.parent_run]
    assert all(run in message for run in waiting)


async def test_a_lock_is_part_of_a_circle_too(store: MemoryStore | SqliteStore) -> None:
    runtime = here(store)
    other = workflow(
        """
        name: right
        input: {leaf: {type: boolean, default: false}}
        concurrency: {key: "'right'"}
        steps:
          pause: {wait: 400ms}
          a: {needs: pause, uses: nop, lock: "'k'"}
        ends: {ok: a, no: a.failed}
        """,
        "right",
    )
    views: list[RunView] = await asyncio.gather(
        runtime.run(workflow(LOCKS), {}, to_the_end=True),
        runtime.run(other, {}, to_the_end=True),
    )
    assert sorted(view.end for view in views) != ["no", "no"]
    assert {view.status for view in views} == {"succeeded"}


async def test_a_plain_queue_of_runs_is_no_circle(store: MemoryStore | SqliteStore) -> None:
    runtime = LocalRuntime(world(), store, VirtualClock())
    left = REGISTRY.workflows["left"]
    for _ in range(4):
        await runtime.start(left, {})
    await Worker(runtime).work_off()
    assert await errors(runtime) == []


def test_workers_in_two_processes_break_circles(tmp_path: Path) -> None:
    store, pairs = SqliteStore(tmp_path / "runs.db"), 3
    runtime = here(store)
    flows: list[Workflow] = [REGISTRY.workflows[name] for name in ("left", "right")]

    async def begin() -> None:
        for number in range(pairs):
            for flow in flows:
                await runtime.start(flow, {}, run_id=f"{flow.name}{number}")

    asyncio.run(begin())
    with working(tmp_path, 2):
        until_all_ended(store, 4 * pairs)
    ends = {run: asyncio.run(runtime.show(run)).end for run in ("left0", "right0")}
    assert set(ends.values()) <= {"ok", "no"}
    statuses = [run.status for run in asyncio.run(store.runs()) if not run.parent_run]
    assert statuses == ["succeeded"] * 2 * pairs
    assert len(asyncio.run(errors(runtime))) >= 1
    store.close()


class Table(Struct):
    """Who waits for whom, as a store would tell: `asks` by run its holders, `parents` the runs that called."""

    asks: dict[str, list[Holder]]
    parents: dict[str, str]

    async def holders(self, run_id: str) -> list[Holder]:
        return self.asks.get(run_id, [])

    async def run(self, run_id: str) -> Summary | None:
        return Summary(run_id, "w", "v", "waiting", 0)

    async def runs(
        self, *, statuses: tuple[str, ...] = (), parent_run: str | None = None
    ) -> list[Summary]:
        assert statuses
        called = [run for run, by in self.parents.items() if by == parent_run]
        return [Summary(run, "w", "v", "waiting", 0, parent="c") for run in called]


RUNS = ["a", "b", "c", "d", "e"]


@given(st.permutations(RUNS), st.dictionaries(st.sampled_from(RUNS), st.sampled_from(RUNS)))
@settings(max_examples=200, deadline=None)
def test_of_each_circle_just_one_gives_way(order: list[str], waits: dict[str, str]) -> None:
    """With one holder a claim, a circle is one of the plain kind."""
    asks = {run: [Holder("", order.index(run), 1, held, "")] for run, held in waits.items()}
    table = Table(asks, {})

    def around(run: str) -> set[str]:
        way = [run]
        while way[-1] in waits and waits[way[-1]] not in way:
            way.append(waits[way[-1]])
        back = waits.get(way[-1])
        return set(way) if back == run else set()

    for run in waits:
        found = asyncio.run(circle(table, run, ""))
        expected = around(run) if around(run) and max(around(run), key=order.index) == run else []
        assert set(found) == set(expected)


def test_one_of_several_holders_that_goes_on_is_enough() -> None:
    held = [Holder("", 2, 2, "b", ""), Holder("", 2, 2, "c", "")]
    back = [Holder("", 1, 1, "a", "")]
    assert asyncio.run(circle(Table({"a": held, "b": back}, {}), "a", "")) == []
    both = Table({"a": held, "b": back, "c": back}, {})
    assert asyncio.run(circle(both, "a", "")) == ["a", "b"]


def test_a_step_waits_for_what_it_calls_and_not_for_the_rest_of_its_run() -> None:
    """`a` asks for what the step `c` of `b` has; `b` has called `d` by it, which asks for what `a` has."""
    asks = {
        "a": [Holder("s", 2, 1, "b", "c")],
        "b": [Holder("other", 1, 1, "a", "")],
        "d": [Holder("", 1, 1, "a", "")],
    }
    assert asyncio.run(circle(Table(asks, {}), "a", "s")) == []
    assert asyncio.run(circle(Table(asks, {"d": "b"}), "a", "s")) == ["a", "d"]
