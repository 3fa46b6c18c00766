"""Machines that share a store of runs go by its database's time."""

from __future__ import annotations

import time

import pytest

from auterity_sdk.runtime.clock import SystemClock
from auterity_server.run_store.database_clock import DatabaseClock
from auterity_server.run_store.postgres_run_stores import PostgresRunStores

HOUR = 3_600_000


async def test_a_machine_whose_clock_is_wrong_goes_by_the_database() -> None:
    right = SystemClock().now() + 5 * HOUR

    async def ask() -> int:
        return right

    for shift in (0, -3 * HOUR):
        clock = DatabaseClock(shift)
        assert clock.now() < right - HOUR
        assert abs(clock.real() - SystemClock().now()) < HOUR
        await clock.measure(ask)
        assert right + shift <= clock.now() < right + shift + HOUR
        assert clock.now() <= clock.now()
        # A rehearsal of another day is none for what was signed elsewhere.
        assert right <= clock.real() < right + HOUR


class Late:
    """A database of which one hears late: `waits` are milliseconds between its answers and the hearing."""

    def __init__(self, *waits: int) -> None:
        self.ticked = 0
        self.waits = list(waits)

    @property
    def true(self) -> int:
        return 5 * HOUR + self.ticked // 1_000_000

    async def ask(self) -> int:
        found = self.true
        self.ticked += self.waits.pop(0) * 1_000_000
        return found


async def test_a_machine_that_hears_late_goes_by_what_it_heard_soonest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = Late(8000, 900, 2)
    monkeypatch.setattr(time, "monotonic_ns", lambda: late.ticked)
    clock = DatabaseClock()
    await clock.measure(late.ask)
    assert late.true - clock.now() == 1
    late.waits = [700, 400, 600, 900, 800]
    await clock.measure(late.ask)
    assert late.true - clock.now() == 1
    late.ticked += 20 * HOUR * 1_000_000
    late.waits = [9, 9, 9, 9, 9]
    await clock.measure(late.ask)
    assert 4 <= late.true - clock.now() <= 5


async def test_the_database_tells_its_time(runs_url: str) -> None:
    stores = PostgresRunStores(runs_url)
    assert abs(await stores.now() - SystemClock().now()) < HOUR
    await stores.close()
