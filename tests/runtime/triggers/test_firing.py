"""Triggers start runs: each occurrence one, beside other workers, over kill -9, with limits that all of them keep."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from auterity_sdk.errors import AuterityError
from auterity_sdk.runs.compile_plan import compile_plan
from auterity_sdk.runtime import plans
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.ports import Store
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.triggers.firing import Firer
from auterity_sdk.runtime.triggers.service import Service, services_of
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.testing.virtual_clock import VirtualClock
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.scope import Scopes
from tests.runtime.worlds import EFFECTS, REGISTRY, workflow, world

ROOT = Path(__file__).parents[3]
MINUTE = 60_000
HOUR = 60 * MINUTE
START = round(datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp() * 1000)
STEP = 'steps: {a: {uses: effect, with: {name: "${input.n}"}}}\noutput: {n: "${input.n}"}\n'
LEADS = f"input: {{n: string}}\ntriggers: [{{event: {{type: lead}}}}]\n{STEP}"
HOURLY = (
    "input: {n: string}\ntriggers: [{schedule: {cron: '0 * * * *'}, input: {n: '${string(event.due)}'}}]\n"
    + STEP
)


def of(text: str, name: str = "test") -> list[Service]:
    made = workflow(text, name)
    return services_of(made, Scopes(made, build_graph(made, REGISTRY), REGISTRY))


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    os.environ[EFFECTS] = str(tmp_path)
    if request.param == "memory":
        yield MemoryStore()
        return
    made = SqliteStore(tmp_path / "runs.db")
    yield made
    made.close()


class Served:
    """A worker that serves workflows, in time that is moved by hand."""

    def __init__(self, store: Store, *texts: str) -> None:
        self.clock = VirtualClock(START, moves=False)
        self.here = LocalRuntime(world(), store, self.clock)
        self.refused: list[str] = []
        self.texts = texts
        self.restart()

    def restart(self) -> None:
        """Another process in its place."""
        services = [each for n, text in enumerate(self.texts) for each in of(text, f"w{n}")]
        self.firer = Firer(self.here, services, self._told)
        self.worker = Worker(self.here, firer=self.firer)

    def _told(self, name: str, error: AuterityError) -> None:
        self.refused.append(f"{name}: {error.message}")

    async def work(self, after: int = 0) -> None:
        self.clock.at += after
        await self.worker.work_off()

    async def outputs(self) -> list[Any]:
        runs = await self.here.list_runs()
        shown = [await self.here.show(run.run_id) for run in reversed(runs)]
        assert {each.status for each in shown} <= {"succeeded"}
        return [each.output["n"] for each in shown]


async def test_an_event_starts_a_run_of_each_workflow_that_matches(store: Store) -> None:
    picky = LEADS.replace("type: lead", "type: lead, match: event.n != 'b'")
    mapped = LEADS.replace("type: lead}", "type: lead}, input: {n: '${event.n}${event.n}'}")
    served = Served(store, LEADS, picky, mapped, LEADS.replace("type: lead", "type: other"))
    await served.work()
    for name in "ab":
        assert await served.here.send("lead", {"n": name, "more": 1}) == (True, None)
    for _ in range(2):
        await served.here.send("lead", {"n": "a"}, id="same")
    await served.work()
    assert sorted(await served.outputs()) == sorted(["a", "a", "aa", "b", "bb", "a", "a", "aa"])
    await served.work(HOUR)
    served.restart()
    await served.work()
    assert len(await served.outputs()) == 8


async def test_what_came_before_a_workflow_was_served_starts_nothing(store: Store) -> None:
    served = Served(store, LEADS)
    await served.here.send("lead", {"n": "early"})
    await served.work()
    await served.here.send("lead", {"n": "late"})
    await served.work()
    assert await served.outputs() == ["late"]


async def test_events_that_came_while_no_worker_ran_are_made_up_for(store: Store) -> None:
    served = Served(store, LEADS)
    await served.work()
    for number in range(250):
        await served.here.send("lead", {"n": str(number)})
    served.restart()
    await served.work(3 * HOUR)
    assert sorted(map(int, await served.outputs())) == list(range(250))


async def test_a_workflow_is_compiled_once_for_all_its_runs(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def counted(*given: Any, **more: Any) -> Any:
        made.append(compile_plan(*given, **more))
        return made[-1]

    monkeypatch.setattr(plans, "compile_plan", counted)
    served = Served(store, LEADS)
    await served.work()
    for number in range(5):
        await served.here.send("lead", {"n": str(number)})
    await served.work()
    assert len(await served.outputs()) == 5
    assert len(made) == 1


async def test_an_event_may_start_a_run_and_end_a_wait(store: Store) -> None:
    served = Served(store, LEADS)
    await served.work()
    waits = workflow(
        "steps: {r: {receive: {event: lead, timeout: 1h}}}\nends: {y: r.received, n: r.timeout}\n"
    )
    run = await served.here.start(waits, {}, run_id="waits")
    await served.work()
    assert await served.here.send("lead", {"n": "a"}) == (True, run)
    await served.work()
    assert {run.workflow for run in await served.here.list_runs()} == {"w0", "test"}


async def test_a_run_that_cannot_be_started_is_told_and_holds_up_none(store: Store) -> None:
    broken = LEADS.replace("type: lead", "type: lead, match: event.n / 2 > 1")
    served = Served(store, LEADS, broken)
    await served.work()
    await served.here.send("lead", {"m": "x"})
    await served.here.send("lead", {"n": "good"})
    await served.work()
    assert await served.outputs() == ["good"]
    assert sorted(served.refused)[0] == "w0: `input.n` is missing"
    assert len(served.refused) == 3
    await served.work(HOUR)
    assert len(served.refused) == 3


async def test_a_schedule_starts_a_run_at_each_of_its_times(store: Store) -> None:
    served = Served(store, HOURLY)
    await served.work(MINUTE)
    assert await served.outputs() == []
    for _ in range(3):
        await served.work(HOUR)
        await served.work(MINUTE)
    found = await served.outputs()
    assert found == [f"2026-11-23T{hour}:00:00Z" for hour in (13, 14, 15)]


async def test_of_the_times_without_a_worker_the_last_one_starts_a_run(store: Store) -> None:
    served = Served(store, HOURLY)
    await served.work(MINUTE)
    served.restart()
    await served.work(5 * HOUR)
    assert await served.outputs() == ["2026-11-23T17:00:00Z"]


async def test_a_clock_that_is_set_back_fires_no_time_twice_and_loses_none(store: Store) -> None:
    served = Served(store, HOURLY)
    await served.work(MINUTE)
    await served.work(HOUR)
    await served.work(-3 * HOUR)
    for _ in range(4):
        await served.work(HOUR)
    found = await served.outputs()
    assert len(found) == len(set(found))
    assert sorted(found) == [f"2026-11-23T{hour}:00:00Z" for hour in (11, 12, 13, 14)]


async def test_a_clock_that_was_far_ahead_does_not_silence_a_schedule(store: Store) -> None:
    served = Served(store, HOURLY)
    await served.work(MINUTE)
    await served.work(400 * 24 * HOUR)
    await served.work(-400 * 24 * HOUR)
    served.restart()
    await served.work(HOUR)
    assert "2026-11-23T13:00:00Z" in await served.outputs()


async def test_a_worker_whose_clock_is_set_back_goes_on(store: Store) -> None:
    served = Served(store, LEADS)
    await served.work()
    stop = asyncio.Event()
    working = asyncio.create_task(served.worker.work(stop))

    async def ended(count: int) -> bool:
        for _ in range(500):
            served.clock.advance(timedelta(milliseconds=50))
            await asyncio.sleep(0.01)
            if len(await store.runs(statuses=["succeeded"])) == count:
                return True
        return False

    for count, moved in enumerate((0, -24 * HOUR, -HOUR), start=1):
        served.clock.advance(timedelta(milliseconds=moved))
        await served.here.send("lead", {"n": str(count)})
        assert await ended(count)
    stop.set()
    await asyncio.wait_for(working, 20)


@pytest.mark.parametrize("when_over", ["queue", "drop"])
async def test_a_rate_limit_is_kept_by_all_workers(store: Store, when_over: str) -> None:
    limited = LEADS.replace(
        "type: lead}",
        f"type: lead}}, rate_limit: {{limit: 2, per: 1h, key: event.k, when_over: {when_over}}}",
    )
    served = Served(store, limited)
    await served.work()
    for number in range(5):
        await served.here.send("lead", {"n": f"x{number}", "k": "x"})
    await served.here.send("lead", {"n": "y", "k": "y"})
    await served.work()
    assert sorted(await served.outputs()) == ["x0", "x1", "y"]
    served.restart()
    await served.work(HOUR - 1)
    assert len(await served.outputs()) == 3
    await served.work(1)
    await served.work(HOUR)
    more = ["x2", "x3", "x4"] if when_over == "queue" else []
    assert sorted(await served.outputs()) == ["x0", "x1", *more, "y"]


async def test_the_last_of_several_events_starts_the_run(store: Store) -> None:
    bounced = LEADS.replace(
        "type: lead}", "type: lead}, debounce: {period: 30s, key: event.k, longest: 1m}"
    )
    served = Served(store, bounced)
    await served.work()
    for number in range(4):
        await served.here.send("lead", {"n": f"x{number}", "k": "x"})
        await served.work(20_000)
        served.restart()
    # x3 came after a minute, when x2 had to start.
    await served.here.send("lead", {"n": "y", "k": "y"})
    await served.work(MINUTE)
    assert sorted(await served.outputs()) == ["x2", "x3", "y"]


async def test_a_changed_match_or_input_starts_nothing_anew(store: Store) -> None:
    served = Served(store, LEADS)
    await served.work()
    await served.here.send("lead", {"n": "a"})
    await served.work()
    served.texts = (
        LEADS.replace("type: lead}", "type: lead, match: event.n != ''}, input: {n: z}"),
    )
    served.restart()
    await served.work()
    assert await served.outputs() == ["a"]
    await served.here.send("lead", {"n": "b"})
    await served.work()
    assert sorted(await served.outputs()) == ["a", "z"]


async def test_a_worker_that_dies_at_any_moment_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Each change of the store is the last one that a worker makes; the next worker goes on from there."""
    os.environ[EFFECTS] = str(tmp_path)

    class Died(BaseException):
        pass

    class Dying(MemoryStore):
        left = 0

        async def _may(self) -> None:
            if self.left == 0:
                raise Died
            self.left -= 1

        async def append(self, *given: Any, **more: Any) -> None:
            await self._may()
            await super().append(*given, **more)
            await self._may()

        async def change(self, *given: Any, **more: Any) -> bool:
            await self._may()
            done = await super().change(*given, **more)
            await self._may()
            return done

    for moment in range(14):
        store = Dying()
        store.left = 1000
        served = Served(store, LEADS, HOURLY)
        await served.work(MINUTE)
        await served.here.send("lead", {"n": "a"})
        store.left = moment
        with_death = False
        try:
            await served.work(HOUR)
        except Died:
            with_death = True
        store.left = 1000
        store._leases.clear()
        served.restart()
        await served.work()
        assert sorted(await served.outputs()) == ["2026-11-23T13:00:00Z", "a"], moment
        assert with_death or moment == 13
    firings = [each for each in store._firings.values() if each.at is not None]
    assert firings == []


class Yielding(SqliteStore):
    """Lets others go first, more or less often, before whatever a worker reads or changes."""

    def __init__(self, file: Path, chance: Random) -> None:
        super().__init__(file)
        self._database.execute("PRAGMA synchronous=OFF")
        self._chance = chance

    async def _wait(self) -> None:
        for _ in range(self._chance.randrange(4)):
            await asyncio.sleep(0)

    async def standing(self, *given: Any) -> Any:
        await self._wait()
        return await super().standing(*given)

    async def open_firings(self, *given: Any) -> Any:
        await self._wait()
        return await super().open_firings(*given)

    async def grants(self, *given: Any) -> Any:
        await self._wait()
        return await super().grants(*given)

    async def change(self, *given: Any, **more: Any) -> bool:
        await self._wait()
        return await super().change(*given, **more)

    async def run(self, *given: Any) -> Any:
        found = await super().run(*given)
        await self._wait()
        return found


@pytest.mark.parametrize("seed", range(8))
async def test_workers_side_by_side_fire_each_time_and_keep_each_limit_once(
    tmp_path: Path, seed: int
) -> None:
    """Connections of their own to one file, and each worker comes in between the steps of the others."""
    limited = LEADS.replace("type: lead}", "type: lead}, rate_limit: {limit: 3, per: 1h}")
    stores = [Yielding(tmp_path / "runs.db", Random(seed + n)) for n in range(3)]
    workers = [Served(store, HOURLY, limited) for store in stores]
    sent = 0

    async def fire(each: Served, after: int) -> None:
        each.clock.at += after
        for _ in range(1000):
            if not await each.firer.fire(each.clock.at):
                return

    async def send() -> None:
        nonlocal sent
        for _ in range(8 if sent < 16 else 0):
            await asyncio.sleep(0)
            await workers[0].here.send("lead", {"n": str(sent)})
            sent += 1

    await asyncio.gather(*(fire(each, MINUTE) for each in workers))
    for hour in range(1, 8):
        await asyncio.gather(send(), *(fire(each, HOUR) for each in workers))
        await asyncio.gather(*(fire(each, 0) for each in workers))
        started = [run.workflow for run in await stores[0].runs()]
        assert started.count("w0") == hour
        assert started.count("w1") == min(3 * hour, 16)
    for store in stores:
        store.close()


def work(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.runtime.triggers.test_firing", str(folder)],
        cwd=ROOT,
        env={**os.environ, EFFECTS: str(folder / "effects")},
        stderr=subprocess.DEVNULL,
    )


def test_workers_that_are_killed_start_each_run_once(tmp_path: Path) -> None:
    """Real processes: events are sent while two workers serve, one of which is killed again and again."""
    (tmp_path / "effects").mkdir()
    os.environ[EFFECTS] = str(tmp_path / "effects")
    count, sent = 120, 0
    store = SqliteStore(tmp_path / "runs.db")
    here = LocalRuntime(world(), store)
    asyncio.run(Firer(here, of(LEADS)).fire(here.clock.now()))
    processes = [work(tmp_path), work(tmp_path)]
    ended = 0
    try:
        deadline = time.monotonic() + 120
        while ended < count and time.monotonic() < deadline:
            if sent < count:
                for _ in range(10):
                    asyncio.run(here.send("lead", {"n": str(sent)}, id=f"e{sent}"))
                    sent += 1
            time.sleep(0.2)
            if sent % 40 == 0 and sent < count:
                processes[0].send_signal(signal.SIGKILL)
                processes[0].wait()
                processes[0] = work(tmp_path)
            query = "SELECT count(*) FROM runs WHERE ended_at IS NOT NULL"
            ended = store._database.execute(query).fetchone()[0]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    runs = asyncio.run(here.store.runs())
    found = [asyncio.run(here.show(run.run_id)).output["n"] for run in runs]
    store.close()
    assert sorted(map(int, found)) == list(range(count))


def main(folder: Path) -> None:
    """A worker that a test starts and kills."""
    store = SqliteStore(folder / "runs.db")
    here = LocalRuntime(world(), store)
    asyncio.run(Worker(here, firer=Firer(here, of(LEADS))).work(asyncio.Event()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
