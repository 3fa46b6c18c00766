"""Several processes on one database: they keep apart what is apart, do not fight, and outlast a crash of it."""

from __future__ import annotations

# ruff: noqa: ASYNC110 - what another process does sets no event here
import asyncio
import subprocess
import sys

import psycopg
import pytest

from auterity_sdk.errors import (
    InternalError,
    LeaseLost,
    RunHeld,
    StoreUnavailable,
    TurnLost,
    UsageError,
    VersionConflict,
)
from auterity_sdk.runs.events import RunStarted, StepStarted
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.owner import this_owner
from auterity_sdk.runtime.ports import Claims, Incoming, Store, Summary
from auterity_sdk.runtime.worker import Worker
from auterity_server.run_store.bound import EnvironmentDatabase
from auterity_server.run_store.connections import Connections
from tests.runtime.worlds import workflow, world
from tests.server.run_store.stores_in_postgres import StoresInPostgres, make_tables
from tests.services.postgres import Postgres, running_postgres

STARTED = RunStarted(1, "r1", "v", {})
STEP = StepStarted(2, "a", {})


def summary(run_id: str, status: str = "running", due: int | None = None) -> Summary:
    return Summary(run_id, "w", "v", status, 1, None, due)


async def filled(store: Store) -> None:
    """One of each that a store keeps."""
    claims = Claims({"a": "k"}, once="o", at=1, awaits=[("sms", "")])
    pins = {"v": {"name": "w"}}
    await store.put(Incoming("e1", "sms", {"n": 1}, 1))
    await store.append("r1", 0, [STARTED], summary("r1", "waiting", 1), claims=claims, pins=pins)
    await store.take("r1", ":1::a", 1, 10**15)
    await store.beat("r1", "a", 1)


async def seen(store: Store) -> list[object]:
    """All that a store has to tell."""
    return [
        await store.runs(),
        await store.run("r1"),
        await store.waiting(["sms"]),
        await store.listening("sms", []),
        await store.turns("r1", 1),
        await store.versions(""),
        await store.last_beat("r1", "a"),
        await store.renew(":1::a", 10**15),
        await store.due(10**16, 9),
        await store.next_due(0),
    ]


async def test_an_environment_sees_nothing_of_another_one(stores: StoresInPostgres) -> None:
    one, other, empty = (stores.of(name) for name in ("one", "other", "empty"))
    nothing = await seen(empty)
    await filled(one)
    before = await seen(one)
    assert not any(known == told for known, told in zip(nothing, before, strict=True))
    assert await seen(other) == nothing
    await filled(other)
    await other.append("r1", 1, [STEP], summary("r1", "succeeded"), ["e1"])
    await other.give_back(":1::a")
    over = Summary("r1", "w", "v", "succeeded", 1, 9)
    await other.append("r1", 2, [STEP], over, claims=Claims(released=["a"]))
    await other.prune(["r1"])
    await other.expire(10**16)
    assert await seen(one) == before
    assert len(await one.events("r1")) == 1
    await stores.close()


async def test_a_query_without_an_environment_is_not_sent(runs_url: str) -> None:
    connections = Connections(runs_url)
    with pytest.raises(InternalError, match="names no environment"):
        await EnvironmentDatabase(connections, "one").rows("SELECT count(*) FROM runs")
    await connections.close()


async def test_nobody_changes_a_journal(stores: StoresInPostgres, runs_url: str) -> None:
    await filled(stores.of("one"))
    await stores.close()
    connections = Connections(runs_url)
    connection = await connections.one()
    for statement in (
        b"UPDATE run_journal SET line = ''",
        b"DELETE FROM run_journal",
        b"TRUNCATE run_journal",
    ):
        with pytest.raises(psycopg.Error, match="append-only"):
            await connection.execute(statement)
    await connection.close()


async def test_of_many_appends_at_once_one_counts(stores: StoresInPostgres) -> None:
    several = [stores.of("one") for _ in range(4)]
    await several[0].append("r1", 0, [STARTED], summary("r1"))

    async def append(store: Store, expected: int) -> bool:
        try:
            await store.append("r1", expected, [STEP, STEP], summary("r1"))
        except VersionConflict:
            return False
        return True

    for expected in range(1, 9, 2):
        counted = await asyncio.gather(*(append(store, expected) for store in several))
        assert sum(counted) == 1
    assert len(await several[0].events("r1")) == 9
    assert not await append(several[0], 11)  # nothing is left out
    await stores.close()


async def test_a_lock_has_one_holder_whoever_asks_at_the_same_time(
    stores: StoresInPostgres,
) -> None:
    several = [stores.of("one") for _ in range(4)]
    runs = [f"r{number}" for number in range(12)]

    async def ask_and_take(number: int, run_id: str) -> bool:
        store, priority = several[number % 4], number % 3
        asked = Claims({"a": "k"}, at=number, priority=priority)
        await store.append(run_id, 0, [STARTED], summary(run_id, "waiting"), claims=asked)
        try:
            await store.append(run_id, 1, [STEP], claims=Claims(taken=["a"], at=number))
        except TurnLost:
            return False
        return True

    took = await asyncio.gather(*(ask_and_take(*each) for each in enumerate(runs)))
    assert sum(took) == 1
    await stores.close()


async def test_workers_that_look_at_once_find_different_runs(stores: StoresInPostgres) -> None:
    several = [stores.of("one") for _ in range(4)]
    for number in range(40):
        await several[0].append(f"r{number}", 0, [STARTED], summary(f"r{number}"))
    found = await asyncio.gather(*(store.due(1, 10) for store in several))
    together = [run_id for each in found for run_id in each]
    assert len(together) == len({*together}) == 40
    # Who found them sees them still, the others once a moment has gone by.
    assert {*found[0]} == {*await several[0].due(1, 40)}
    await asyncio.sleep(0.6)
    assert len(await several[0].due(1, 40)) == 40
    await stores.close()


async def test_a_driver_that_died_on_this_machine_is_followed_at_once_one_of_another_is_not(
    stores: StoresInPostgres,
) -> None:
    code = "from auterity_sdk.runtime.owner import this_owner; print(this_owner())"
    asked = [sys.executable, "-c", code]
    done = await asyncio.to_thread(subprocess.run, asked, capture_output=True, text=True)
    dead = done.stdout.strip()
    boot, _, rest = dead.partition("/")
    processes, _, process = rest.partition(":")
    store = stores.of("one")
    elsewhere = (f"{boot[:-1]}x/{processes}:{process}", f"{boot}/1:{process}")
    for number, owner in enumerate((dead, *elsewhere, this_owner())):
        run_id = f"r{number}"
        await store.append(run_id, 0, [STARTED], summary(run_id, "waiting"))
        await store.take(run_id, owner, 1, 1000)
    assert await stores.of("one").due(2, 9) == ["r0"]
    assert (await store.take("r0", this_owner(), 2, 1000)).orphaned
    for number in range(1, 4):
        with pytest.raises(RunHeld):
            await store.take(f"r{number}", this_owner(), 2, 1000)
    assert (await store.take("r1", this_owner(), 1001, 2000)).orphaned
    await stores.close()


async def test_what_another_process_writes_is_heard(stores: StoresInPostgres) -> None:
    one, other, apart = (stores.listening(name) for name in ("one", "one", "two"))
    for store in (one, other, apart):
        while not store.changes():  # it listens
            await asyncio.sleep(0.01)
    before, own, far = other.changes(), one.changes(), apart.changes()
    await one.append("r1", 0, [STARTED], summary("r1"))
    while other.changes() == before:
        await asyncio.sleep(0.001)
    assert (one.changes(), apart.changes()) == (own, far)
    await stores.close()


async def test_a_text_that_the_database_does_not_keep_is_refused(stores: StoresInPostgres) -> None:
    store = stores.of("one")
    for text in ("a\0b", "\ud800"):
        with pytest.raises(UsageError, match="a character that the database does not keep"):
            await store.put(Incoming(text, "sms", {}, 1))
    assert await store.put(Incoming("fine", "sms", {"text": "a\0b\ud800"}, 1))
    assert (await store.waiting(["sms"]))[0].data == {"text": "a\0b\ud800"}
    await stores.close()


TEXT = """
steps:
  a: {uses: add, with: {n: 1}}
  ask: {needs: a, approve: {role: manager, timeout: 3d}}
  b: {needs: ask.approved, uses: add, with: {n: 2}}
  told: {needs: a, receive: {event: sms.received, match: event.n == a.n, timeout: 5d}}
ends: {done: [b, told.received], no: {any: [ask.rejected, ask.timeout, told.timeout]}}
"""


async def test_people_and_events_come_while_a_worker_waits_for_the_store(
    stores: StoresInPostgres,
) -> None:
    """Both are in one process, on the same runs: nothing is lost, and no journal has a gap."""
    runtime = LocalRuntime(world(), stores.of("one"))
    stop = asyncio.Event()
    working = asyncio.create_task(Worker(runtime).work(stop))
    runs = [await runtime.start(workflow(TEXT), {}) for _ in range(12)]

    async def answer(run_id: str) -> None:
        while True:
            try:
                await runtime.approve(run_id, "ask", by="ann", roles=["manager"])
            except UsageError:
                await asyncio.sleep(0)
            else:
                return

    await asyncio.gather(
        *(answer(run_id) for run_id in runs),
        *(runtime.send("sms.received", {"n": 2}, id=f"e{run_id}") for run_id in runs),
    )
    async with asyncio.timeout(30):
        while await runtime.list_runs(statuses=["running", "waiting"]):
            await asyncio.sleep(0.02)
    stop.set()
    await working
    assert {run.status for run in await runtime.list_runs()} == {"succeeded"}
    await stores.close()


def test_runs_go_on_after_a_crash_of_the_database() -> None:
    with running_postgres() as own:
        asyncio.run(_through_a_crash(own))


async def _through_a_crash(own: Postgres) -> None:
    await make_tables(own.url)
    stores = StoresInPostgres(own.url)
    runtime = LocalRuntime(world(), stores.listening("one"))
    stop = asyncio.Event()
    working = asyncio.create_task(Worker(runtime).work(stop))
    steps = "".join(
        f"  s{n}: {{needs: s{n - 1}, uses: add, with: {{n: '${{s{n - 1}.n}}'}}}}\n"
        for n in range(1, 60)
    )
    text = f"steps:\n  s0: {{uses: add, with: {{n: 1}}}}\n{steps}"
    runs = [await runtime.start(workflow(text), {}) for _ in range(20)]
    await asyncio.sleep(0.1)
    await asyncio.to_thread(own.kill)
    with pytest.raises(StoreUnavailable):
        await stores.of("one", patience=0.1).run(runs[0])
    await asyncio.to_thread(own.start)
    async with asyncio.timeout(60):
        while len(await runtime.list_runs(statuses=["succeeded"])) < len(runs):
            assert not working.done()
            await asyncio.sleep(0.05)
    for run_id in runs:
        events = await runtime.store.events(run_id)
        ended = [each.step for each in events if type(each).__name__ == "StepEnded"]
        assert len(ended) == len({*ended}) == 60
    stop.set()
    await working
    await stores.close()


async def test_who_lost_the_run_writes_nothing_more(stores: StoresInPostgres) -> None:
    one, other = stores.of("one"), stores.of("one")
    await one.append("r1", 0, [STARTED], summary("r1"))
    late = await one.take("r1", ":1::a", 0, 10)
    await other.take("r1", ":2::b", 11, 20)
    with pytest.raises(LeaseLost):
        await one.append("r1", 1, [STEP], lease=late, claims=Claims({"a": "k"}))
    assert await one.turns("r1", 1) == {}
    await stores.close()
