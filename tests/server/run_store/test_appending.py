"""What an append costs in PostgreSQL, and what it holds to while others forget runs."""

from __future__ import annotations

# ruff: noqa: ASYNC110 - what another connection waits for sets no event here
import asyncio
from typing import Any

import psycopg
import pytest

from auterity_sdk.runs.events import RunStarted, StepStarted
from auterity_sdk.runtime.ports import Claims, Summary
from auterity_server.run_store import connections
from auterity_server.run_store.versions import ALONE
from tests.server.run_store.stores_in_postgres import StoresInPostgres

STARTED = RunStarted(1, "r1", "v", {})
STEP = StepStarted(2, "a", {})
WAITING = Summary("r1", "w", "v", "waiting", 1, None, None)
PINS = {"v": {"name": "w"}, "called": {"name": "c"}}


@pytest.fixture
async def sent(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The statements that are sent, and that a transaction of several begins."""
    found: list[bytes] = []
    execute, transaction = psycopg.AsyncConnection.execute, psycopg.AsyncConnection.transaction
    here = asyncio.get_running_loop()

    def keep(query: bytes) -> None:
        # Servers of other tests send theirs in threads of their own.
        if asyncio.get_running_loop() is here:
            found.append(query)

    async def kept(self: Any, query: bytes, *more: Any, **options: Any) -> Any:
        keep(query)
        return await execute(self, query, *more, **options)

    def begun(self: Any, *more: Any, **options: Any) -> Any:
        keep(b"BEGIN")
        return transaction(self, *more, **options)

    monkeypatch.setattr(psycopg.AsyncConnection, "execute", kept)
    monkeypatch.setattr(psycopg.AsyncConnection, "transaction", begun)
    return found


async def test_a_run_begins_and_comes_to_wait_by_one_statement_each(
    stores: StoresInPostgres, sent: list[bytes]
) -> None:
    store = stores.of("one")
    await store.run("r1")
    for expected, event, awaits in (
        (0, STARTED, [("sms", ""), ("call", "n:1")]),
        (1, STEP, [("call", "n:1"), ("call", "n:2")]),
        (2, STEP, []),
    ):
        sent.clear()
        pins = None if expected else PINS
        await store.append(
            "r1", expected, [event], WAITING, claims=Claims(awaits=awaits), pins=pins
        )
        assert len(sent) == 1
        for type_ in ("sms", "call"):
            waits = any(each == type_ for each, _ in awaits)
            assert await store.listening(type_, [""]) == (["r1"] if waits else [])
        assert await store.listening("call", ["n:1"]) == (
            ["r1"] if ("call", "n:1") in awaits else []
        )
    assert await store.versions("") == ["called", "v"]
    await stores.close()


async def test_a_version_that_is_forgotten_while_a_run_of_it_begins_is_kept_again(
    stores: StoresInPostgres, runs_url: str
) -> None:
    """The append was sent when the version was there, and waits until it is gone: it must not go by what it saw before."""
    store = stores.of("one")
    await store.append("r1", 0, [STARTED], WAITING, pins=PINS)
    dsn = runs_url.replace("postgresql+psycopg://", "postgresql://")
    async with await psycopg.AsyncConnection.connect(dsn) as forgetting:
        values = {"environment": "one"}
        await forgetting.execute(ALONE.encode(), values)
        begins = asyncio.create_task(store.append("r2", 0, [STARTED], pins=PINS))
        async with asyncio.timeout(10):
            while not await _waits(forgetting):
                await asyncio.sleep(0.01)
        await forgetting.execute("DELETE FROM run_versions")
        await forgetting.commit()
        await begins
    assert await store.version("v") == {"name": "w"}
    await stores.close()


async def _waits(connection: psycopg.AsyncConnection[Any]) -> bool:
    query = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    return await (await connection.execute(query)).fetchone() is not None


async def test_a_connection_that_is_given_up_while_it_is_made_is_closed(
    runs_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_PLANS", b"SELECT pg_sleep(60)")
    making = asyncio.create_task(connections.Connections(runs_url).one())
    dsn = runs_url.replace("postgresql+psycopg://", "postgresql://")
    asked = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%%pg_sleep(60)' AND state = %s"
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as looking:

        async def so_many(state: str) -> int:
            (found,) = await (await looking.execute(asked, (state,))).fetchone() or (0,)
            return int(found)

        async with asyncio.timeout(20):
            while not await so_many("active"):
                await asyncio.sleep(0.01)
            making.cancel()
            with pytest.raises(asyncio.CancelledError):
                await making
            while await so_many("active") + await so_many("idle"):
                await asyncio.sleep(0.01)
