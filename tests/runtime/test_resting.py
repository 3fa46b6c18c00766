"""A run that begins with nothing to do but to wait is taken up by nobody, until what it waits for is there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.testing.virtual_clock import VirtualClock
from tests.runtime.worlds import REGISTRY, workflow, world

ASKS = "steps:\n  ask: {approve: {role: manager, title: Well?, timeout: 2d}}\nends: {yes: ask.approved, no: ask.rejected, late: ask.timeout}\n"
PAUSES = "steps:\n  pause: {wait: TIME}\n"
OTHERS = {
    "a short wait": PAUSES.replace("TIME", "59s"),
    "an attempt": "steps:\n  a: {uses: effect, with: {name: a}}\n",
    "an event that may be there": "steps:\n  r: {receive: {event: paid, timeout: 3d}}\nends: {paid: r.received, late: r.timeout}\n",
    "a lock": "input: {who: string}\nconcurrency: {key: input.who, limit: 1}\n" + ASKS,
    "an attempt beside it": ASKS.replace(
        "steps:\n", "steps:\n  a: {uses: effect, with: {name: a}}\n"
    ),
}

Kept = MemoryStore | SqliteStore


def runtime(store: Kept, clock: VirtualClock) -> LocalRuntime:
    return LocalRuntime(world(registry=REGISTRY), store, clock)


@pytest.mark.parametrize("text", [ASKS, PAUSES.replace("TIME", "3d")])
async def test_a_run_that_only_waits_is_not_due_before_its_time(store: Kept, text: str) -> None:
    clock = VirtualClock()
    here = runtime(store, clock)
    run = await here.start(workflow(text), {})
    found = await store.run(run)
    assert found is not None
    assert found.status == "waiting"
    assert found.due is not None
    assert found.due > clock.now() + 86_400_000
    assert await store.due(clock.now(), 10) == []
    assert await store.due(found.due, 10) == [run]
    # As a driver would leave it.
    live = await here.drive(run)
    assert live.status == "waiting"
    assert await store.run(run) == found


async def test_it_goes_on_by_its_timer(store: Kept) -> None:
    clock = VirtualClock()
    here = runtime(store, clock)
    run = await here.start(workflow(ASKS), {})
    clock.advance(timedelta(days=2, seconds=1))
    await Worker(here).work_off()
    assert (await here.show(run)).end == "late"


async def test_it_goes_on_by_an_answer(store: Kept) -> None:
    here = runtime(store, VirtualClock())
    run = await here.start(workflow(ASKS), {})
    await here.approve(run, "ask", by="user:1", roles=["manager"])
    await Worker(here).work_off()
    assert (await here.show(run)).end == "yes"


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
async def test_what_a_driver_may_have_to_do_is_due_at_once(store: Kept, text: str) -> None:
    clock = VirtualClock()
    run = await runtime(store, clock).start(
        workflow(text), {"who": "x"} if "input:" in text else {}
    )
    assert await store.due(clock.now(), 10) == [run]
