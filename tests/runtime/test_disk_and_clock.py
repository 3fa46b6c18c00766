"""A disk that is full, a file that has to shrink, and clocks that jump."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from auterity_sdk.errors import StoreUnavailable
from auterity_sdk.runtime.lease_holder import LEASE
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.stores.sqlite_schema import LOG_SIZE
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.testing.virtual_clock import VirtualClock
from tests.runtime.worlds import workflow, world

ROOT = Path(__file__).parents[2]
DAY = 24 * 3600 * 1000
WAITS = """
steps:
  a: {uses: echo, with: {text: a}}
  pause: {needs: a, wait: 1h}
  z: {needs: pause, uses: echo, with: {text: z}}
"""
LONG = """
steps:
  each: {for_each: {in: "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19]", max_parallel: 1,
    steps: {e: {uses: echo, with: {text: "PADDING"}}}}}
""".replace("PADDING", "x" * 20_000)


def fill(folder: Path, most: int) -> None:
    """Drive a run in a process whose files may not grow behind `most` bytes, as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    store = SqliteStore(folder / "runs.db")
    try:
        asyncio.run(LocalRuntime(world(), store).drive("r1"))
    except StoreUnavailable as error:
        sys.stdout.write(error.message)
        sys.stdout.flush()
        os._exit(7)
    os._exit(0)


def test_a_full_disk_stops_a_run_that_goes_on_later(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "runs.db")
    here = LocalRuntime(world(), store)
    asyncio.run(here.start(workflow(LONG), {}, run_id="r1"))
    code = (
        f"from tests.runtime.test_disk_and_clock import *; fill(Path({str(tmp_path)!r}), 400_000)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 7, done.stderr
    assert (
        "cannot grow: the disk is full" in done.stdout or "cannot be read or written" in done.stdout
    )
    kept = asyncio.run(store.events("r1"))
    assert 4 < len(kept) < 40
    assert asyncio.run(here.drive("r1")).status == "succeeded"
    assert asyncio.run(store.events("r1"))[: len(kept)] == kept
    store.close()


async def test_pruning_gives_the_disk_back(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "runs.db")
    here = LocalRuntime(world(), store)
    for _ in range(10):
        await here.run(workflow(LONG), {})
    kept = await here.start(workflow(WAITS), {})
    store._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    before = store.file.stat().st_size
    assert before > 3_000_000
    assert await store.prune(await store.prunable(here.clock.now() + 1)) == 10
    assert store.file.stat().st_size < before / 10
    assert [run.run_id for run in await store.runs()] == [kept]
    store.close()


def test_the_log_is_capped(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "runs.db")
    assert store._database.execute("PRAGMA journal_size_limit").fetchone()[0] == LOG_SIZE
    here = LocalRuntime(world(), store)
    for _ in range(8):
        here.run_sync(workflow(LONG), {})
    # Ten times as much was written as the log holds before it is taken over into the file.
    assert Path(f"{store.file}-wal").stat().st_size <= LOG_SIZE
    store.close()


@pytest.mark.parametrize("jump", [DAY, -DAY])
async def test_a_clock_that_jumps_loses_nothing(tmp_path: Path, jump: int) -> None:
    """Forward, a timer acts at once; back, it acts when the clock comes there again. Time in a journal never goes back."""
    store = SqliteStore(tmp_path / "runs.db")
    clock = VirtualClock(moves=False)
    here = LocalRuntime(world(), store, clock)
    run = await here.start(workflow(WAITS), {})
    await Worker(here).work_off()
    clock.at += jump
    await Worker(here).work_off()
    if jump < 0:
        assert (await here.show(run)).status == "waiting"
        clock.at += -jump + 3600 * 1000
        await Worker(here).work_off()
    assert (await here.show(run)).status == "succeeded"
    times = [event.at for event in await store.events(run)]
    assert times == sorted(times)
    store.close()


@pytest.mark.parametrize("jump", [DAY, -DAY])
async def test_a_jump_while_a_run_is_driven_leaves_it_one_driver(tmp_path: Path, jump: int) -> None:
    """Forward, another process may take the run over; then the first one appends nothing any more."""
    store, other = SqliteStore(tmp_path / "runs.db"), SqliteStore(tmp_path / "runs.db")
    clock = VirtualClock(moves=False)
    here = LocalRuntime(world(), store, clock)
    run = await here.start(workflow("steps:\n  a: {uses: forever, timeout: 1h}\n"), {})
    with here.driver() as driver:
        live = await driver.take_up(run)
        clock.at += jump
        assert (await other.due(clock.now(), 1) == [run]) is (jump > LEASE)
        if jump > 0:
            await other.take(run, "x:1:2:3", clock.now(), clock.now() + LEASE)
            length = len(await other.events(run))
            while await driver.turn():
                pass
            assert not driver.drives(run)
            assert len(await other.events(run)) == length
        assert not live.state.over
        await driver.close()
    store.close()
    other.close()
