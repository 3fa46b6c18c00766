"""PostgreSQL commits in another order than it gives positions: who follows misses nothing all the same."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from auterity_sdk.runs.events import RunStarted, StepStarted
from auterity_sdk.runtime.ports import Recording, Store, Summary
from auterity_server.run_store import order
from auterity_server.run_store.connections import Connections
from tests.server.run_store.stores_in_postgres import StoresInPostgres

STARTED = RunStarted(1, "r", "v", {})
STEP = StepStarted(2, "a", {})
SLOW = b"""INSERT INTO run_journal (environment_id, run_id, seq, line)
    SELECT environment_id, 'slow', 1, line FROM run_journal WHERE run_id = 'before' AND seq = 1"""


def told(run_id: str) -> Summary:
    return Summary(run_id, "w", "v", "running", 1)


def test_an_event_that_becomes_readable_late_is_not_passed_over(
    stores: StoresInPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "_PATIENCE", 0.05)

    async def check() -> None:
        store = stores.of("one")
        await store.append("before", 0, [STARTED], told("before"))
        begun = await store.recorded(0, 9)
        slow = await psycopg.AsyncConnection.connect(Connections(stores.url).conninfo)
        await slow.execute(SLOW)  # has its position, and nobody sees it yet
        await store.append("fast", 0, [STARTED], told("fast"))
        assert await store.recorded(begun.upto, 9) == Recording([], begun.upto)
        assert [each.run_id for each in await store.last_recorded(None, 9)] == ["before"]
        assert len((await store.recorded(0, 9)).events) == 1, "what is settled is there meanwhile"
        await slow.commit()
        await slow.close()
        found = await store.recorded(begun.upto, 9)
        assert [each.run_id for each in found.events] == ["slow", "fast"]

    stores.carry_out(check())


def test_who_follows_gets_each_event_once_while_others_write(stores: StoresInPostgres) -> None:
    runs, steps = 8, 15

    async def write(store: Store, run_id: str) -> None:
        await store.append(run_id, 0, [STARTED], told(run_id))
        for number in range(1, steps):
            await store.append(run_id, number, [STEP])

    async def check() -> None:
        writers = [stores.of("one") for _ in range(4)] + [stores.of("other")]
        reader, found, upto = stores.of("one"), [], 0
        names = [f"r{number}" for number in range(runs)]
        writing = [
            asyncio.create_task(write(writers[number % 4], name))
            for number, name in enumerate(names)
        ]
        writing.append(asyncio.create_task(write(writers[4], "foreign")))
        while True:
            over = all(task.done() for task in writing)
            part = await reader.recorded(upto, 7)
            found += [(each.run_id, each.seq) for each in part.events]
            assert part.upto >= upto
            upto = part.upto
            if over and not part.events:
                break
        await asyncio.gather(*writing)
        assert sorted(found) == sorted((name, seq + 1) for name in names for seq in range(steps))
        for name in names:
            assert [seq for run_id, seq in found if run_id == name] == [*range(1, steps + 1)]

    stores.carry_out(check())
