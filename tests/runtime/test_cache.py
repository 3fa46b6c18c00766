"""Earlier results over the runs and processes of a store."""

from __future__ import annotations

import asyncio
from pathlib import Path

from auterity_sdk.runs.events import CacheAsked
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.seal import DIGEST_MARK
from auterity_sdk.runtime.seal_key import seal_key
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.stores.sealed import SealedStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.view import RunView
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.testing.virtual_clock import VirtualClock
from tests.runtime.test_worker import until_all_ended, working
from tests.runtime.worlds import REGISTRY, workflow, world

CACHED = workflow(
    """
    input: {key: string}
    steps: {a: {uses: effect, with: {name: a}, cache: {key: input.key, age: 1h}}}
    output: {n: "${a.n}"}
    """
)
SSN = "219-09-9998"


def count(effects: Path) -> int:
    return len(list(effects.iterdir()))


def files(folder: Path) -> list[bytes]:
    return [part.read_bytes() for part in folder.glob("runs.db*")]


def origin(view: RunView) -> str | None:
    made = view.steps[0].origin
    return None if made is None else made.run_id


async def test_a_result_is_taken_as_long_as_it_is_young_enough(
    store: MemoryStore | SqliteStore, effects: Path
) -> None:
    here = LocalRuntime(world(), store, VirtualClock(moves=False))
    first = await here.run(CACHED, {"key": "x"})
    other = await here.run(CACHED, {"key": "y"})
    here.clock.at += 3_600_000
    second = await here.run(CACHED, {"key": "x"})
    here.clock.at += 1
    third = await here.run(CACHED, {"key": "x"})
    assert [origin(view) for view in (first, other, second, third)] == [
        None,
        None,
        first.run_id,
        None,
    ]
    assert [view.output for view in (first, second, third)] == [{"n": 1}] * 3
    assert count(effects) == 3


async def test_a_fresh_run_makes_a_result_that_others_take(
    store: MemoryStore | SqliteStore, effects: Path
) -> None:
    here = LocalRuntime(world(), store, VirtualClock(moves=False))
    await here.run(CACHED, {"key": "x"})
    fresh = await here.start(CACHED, {"key": "x"}, fresh=True)
    assert origin(await here.drive(fresh)) is None
    assert origin(await here.run(CACHED, {"key": "x"})) == fresh


async def test_who_looked_when_its_process_died_looks_again(
    store: MemoryStore | SqliteStore, effects: Path
) -> None:
    here = LocalRuntime(world(), store, VirtualClock(moves=False))
    first = await here.run(CACHED, {"key": "x"})
    run = await here.start(CACHED, {"key": "x"})
    assert isinstance((await store.events(run))[-1], CacheAsked)
    await store.take(run, "gone:1:2:3", here.clock.now(), here.clock.now())
    await Worker(here).work_off()
    assert origin(await here.show(run)) == first.run_id


def test_under_a_lock_one_of_many_runs_makes_the_attempt(tmp_path: Path) -> None:
    """In two processes: the result is there before the lock is free."""
    store, runs = SqliteStore(tmp_path / "runs.db"), 20
    here = LocalRuntime(world(), store)
    text = """
    steps: {a: {uses: effect, with: {name: a}, lock: "'k'", cache: {key: "'k'", age: 1h}}}
    """

    async def begin() -> None:
        for number in range(runs):
            await here.start(workflow(text), {}, run_id=f"r{number:02}")

    asyncio.run(begin())
    with working(tmp_path, 2):
        until_all_ended(store, runs)
    assert count(tmp_path / "effects") == 1
    shown = [asyncio.run(here.show(f"r{number:02}")) for number in range(runs)]
    assert {origin(view) for view in shown} == {None, "r00"}
    store.close()


class Person(Output):
    ssn: str


@step
async def person() -> Person:
    return Person(ssn=SSN)


async def test_what_is_kept_is_sealed_and_its_key_cannot_be_tried_out(tmp_path: Path) -> None:
    registry = REGISTRY.extended([person])
    file = SqliteStore(tmp_path / "runs.db")
    sealed = SealedStore(file, registry, seal_key("file", tmp_path))
    text = """
    input: {key: string}
    steps: {a: {uses: person, cache: {key: input.key, age: 1h}}}
    output: {ssn: "${a.ssn}"}
    """
    here = LocalRuntime(world(registry=registry), sealed, VirtualClock(moves=False))
    first = await here.run(workflow(text), {"key": SSN})
    again = LocalRuntime(
        world(registry=registry),
        SealedStore(file, registry, seal_key("file", tmp_path)),
        VirtualClock(moves=False),
    )
    second = await again.run(workflow(text), {"key": SSN})
    assert (origin(second), second.output) == (first.run_id, {"ssn": SSN})
    [asked] = [e for e in await file.events(first.run_id) if isinstance(e, CacheAsked)]
    assert asked.key.startswith(DIGEST_MARK)
    rows = file._database.execute("SELECT * FROM cached_results").fetchall()
    assert [row[0] for row in rows] == [asked.key]
    assert SSN not in str(rows)
    file.close()
    assert not any(SSN.encode() in content for content in files(tmp_path))
