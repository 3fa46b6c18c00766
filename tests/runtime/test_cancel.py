"""Cancelling a run after the step, over callers, child runs and processes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.worker import Worker
from tests.runtime.worlds import EFFECTS, REGISTRY, outcomes, workflow, world

CHILD = workflow(
    "name: child\nsteps:\n  slow: {uses: charge}\n  next: {needs: slow, uses: effect, with: {name: next}}\n"
)
CALLER = workflow("steps:\n  call: {call: child}\n  after: {needs: call, uses: nop}\n")


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MemoryStore | SqliteStore]:
    (tmp_path / "effects").mkdir()
    (tmp_path / "effects" / "slow").touch()
    os.environ[EFFECTS] = str(tmp_path / "effects")
    if request.param == "memory":
        yield MemoryStore()
        return
    made = SqliteStore(tmp_path / "runs.db")
    yield made
    made.close()


async def cancelled_inside(
    store: MemoryStore | SqliteStore, folder: Path, *ways: bool
) -> tuple[LocalRuntime, str]:
    """A caller that is cancelled in these ways, one after another, while its child runs an attempt."""
    here = LocalRuntime(world(registry=REGISTRY.extended(workflows=[CHILD])), store)
    run = await here.start(CALLER, {})
    stop = asyncio.Event()
    working = asyncio.create_task(Worker(here).work(stop))
    effects = folder / "effects"
    while len([*effects.iterdir()]) < 2:  # noqa: ASYNC110 - the step tells nobody
        await asyncio.sleep(0.01)
    child = (await here.show(run)).waiting[0].what
    for after_step in ways:
        assert await here.cancel(run, by="ann", after_step=after_step)
        while (await here.show(child)).status != "cancelling":  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0.01)
    if ways == (True,):
        await asyncio.sleep(0.1)
        assert outcomes(await here.show(child))["slow"] == "running"
        (effects / "slow").unlink()
    while (await here.show(run)).status != "cancelled":  # noqa: ASYNC110 - nobody is told
        await asyncio.sleep(0.01)
    stop.set()
    await working
    return here, child


async def test_a_step_of_a_child_run_ends_first(
    store: MemoryStore | SqliteStore, tmp_path: Path
) -> None:
    here, child = await asyncio.wait_for(cancelled_inside(store, tmp_path, True), 30)
    shown = await here.show(child)
    assert (shown.status, outcomes(shown)) == ("cancelled", {"slow": "ok", "next": "not reached"})


async def test_cancelled_again_at_once_it_is_stopped(
    store: MemoryStore | SqliteStore, tmp_path: Path
) -> None:
    here, child = await asyncio.wait_for(cancelled_inside(store, tmp_path, True, False), 30)
    assert outcomes(await here.show(child))["slow"] == "cancelled"
