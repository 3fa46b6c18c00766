"""Machines that share a store of runs go by its database's time."""

from __future__ import annotations

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
        await clock.measure(ask)
        assert right + shift <= clock.now() < right + shift + HOUR
        assert clock.now() <= clock.now()


async def test_the_database_tells_its_time(runs_url: str) -> None:
    stores = PostgresRunStores(runs_url)
    assert abs(await stores.now() - SystemClock().now()) < HOUR
    await stores.close()
