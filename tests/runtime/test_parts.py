"""A run of which no process has all the code: a server carries on what comes with Auterity, a worker a project's own."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auterity_sdk.runs.events import AttemptLost
from auterity_sdk.runtime.clock import SystemClock
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.parts import needed
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.steps.declared import DeclaredStepType, declaration_of, declared
from auterity_sdk.testing.virtual_clock import VirtualClock
from auterity_sdk.workflow.model import Workflow
from tests.runtime.worlds import REGISTRY, outcomes, workflow, world

OWN = ("effect", "charge", "flaky", "in_a_thread")
"""The step types of which the server has no code."""

Stores = MemoryStore | SqliteStore

CHAIN = workflow(
    """
    steps:
      a: {uses: add, with: {n: 1}}
      b: {needs: a, uses: effect, with: {name: b}}
      c: {needs: b, uses: add, with: {n: "${b.n}"}}
    output: {n: "${c.n}"}
    """
)


def declarations() -> dict[str, DeclaredStepType]:
    made = {name: REGISTRY.step_type(name) for name in OWN}
    return {name: declared(declaration_of(each)) for name, each in made.items() if each}


def digests() -> dict[str, str]:
    return {name: each.digest for name, each in declarations().items()}


def marks(folder: Path) -> list[str]:
    """What the steps left outside of the store."""
    return sorted(each.read_text().split()[0] for each in folder.iterdir())


class Sides:
    """The server's side and the worker's, on one store."""

    def __init__(self, store: Stores, clock: VirtualClock | SystemClock | None = None) -> None:
        clock = clock or SystemClock()
        known = {name: each for name, each in REGISTRY.step_types.items() if name not in OWN}
        without = replace(REGISTRY, step_types=known, declared=declarations())
        both = replace(REGISTRY, declared=declarations())
        self.store = store
        self.server = LocalRuntime(world(registry=without), store, clock)
        self.project = LocalRuntime(world(registry=both), store, clock)

    async def serve(self) -> None:
        """All that the server can do."""
        await Worker(self.server).work_off()

    async def work(self, own: dict[str, str] | None = None) -> None:
        """All that the worker can do."""
        given = digests() if own is None else own
        await Worker(self.project, own=given, only_own=True).work_off()

    async def both(self, most: int = 20) -> None:
        """In turns, until nothing is left to do but to wait."""
        for _ in range(most):
            await self.serve()
            await self.work()

    async def begin(self, which: Workflow) -> str:
        return await self.server.start(which, {})

    async def status(self, run_id: str) -> tuple[str, dict[str, str]]:
        summary = await self.store.run(run_id)
        assert summary is not None
        return summary.status, outcomes(await self.server.show(run_id))


async def lacking(store: Stores, name: str = "effect") -> list[str]:
    return await store.listening(needed(name, digests()[name]), [""])


async def test_a_step_waits_for_a_worker_that_has_its_type(store: Stores, effects: Path) -> None:
    sides = Sides(store)
    run = await sides.begin(CHAIN)
    await sides.serve()
    assert await sides.status(run) == ("waiting", {"a": "ok", "b": "running", "c": "not started"})
    assert await store.due(SystemClock().now(), 10) == []
    assert await lacking(store) == [run]
    await sides.work()
    assert (await sides.status(run))[1]["b"] == "ok"
    assert (await sides.status(run))[1]["c"] == "running"
    await sides.serve()
    assert (await sides.status(run))[0] == "succeeded"
    assert await lacking(store) == []
    assert marks(effects) == ["b"]


async def test_a_worker_with_another_declaration_leaves_the_step(
    store: Stores, effects: Path
) -> None:
    sides = Sides(store)
    run = await sides.begin(CHAIN)
    await sides.serve()
    await sides.work({"effect": "another"})
    assert (await sides.status(run))[0] == "waiting"
    assert marks(effects) == []
    await sides.work()
    await sides.serve()
    assert (await sides.status(run))[0] == "succeeded"


async def test_each_attempt_is_the_workers_and_each_timer_the_servers(store: Stores) -> None:
    clock = VirtualClock(moves=False)
    sides = Sides(store, clock)
    run = await sides.begin(
        workflow(
            "steps: {a: {uses: flaky, with: {times: 3}, retry: {attempts: 3, initial: 1h}}}\n"
            "output: {n: '${a.n}'}"
        )
    )
    for _ in range(3):
        await sides.both(2)
        clock.advance(timedelta(days=1))
    assert (await sides.server.show(run)).output == {"n": 3}


async def test_what_an_own_step_did_is_undone_by_its_worker(store: Stores, effects: Path) -> None:
    sides = Sides(store)
    run = await sides.begin(
        workflow(
            """
            steps:
              a:
                uses: effect
                with: {name: a}
                compensate: {uses: effect, with: {name: undo}}
              b: {needs: a, uses: quote, with: {text: x}}
            """
        )
    )
    await sides.both()
    assert (await sides.status(run))[0] == "failed"
    assert marks(effects) == ["a", "undo"]


async def test_a_run_that_waits_for_a_worker_is_cancelled_without_doubt(store: Stores) -> None:
    sides = Sides(store)
    run = await sides.begin(workflow("steps: {a: {uses: charge}}"))
    await sides.serve()
    assert (await sides.status(run))[0] == "waiting"
    await sides.server.cancel(run)
    await sides.serve()
    assert await sides.status(run) == ("cancelled", {"a": "cancelled"})
    await sides.work()
    assert await lacking(store, "charge") == []


async def test_other_branches_go_on_meanwhile(store: Stores, effects: Path) -> None:
    sides = Sides(store)
    run = await sides.begin(
        workflow(
            """
            steps:
              own: {uses: effect, with: {name: x}}
              look: {approve: {role: manager, title: Go on?, timeout: 2d}}
              after: {needs: look.approved, uses: add}
            ends: {over: [own, after], late: look.timeout, no: look.rejected}
            """
        )
    )
    await sides.serve()
    assert (await sides.status(run))[0] == "waiting"
    await sides.server.approve(run, "look", by="dana", roles=["manager"])
    await sides.serve()
    assert (await sides.status(run))[1]["after"] == "ok"
    assert await lacking(store) == [run]
    await sides.work()
    await sides.serve()
    assert (await sides.status(run))[0] == "succeeded"
    assert marks(effects) == ["x"]


async def test_a_worker_that_serves_own_step_types_takes_no_turn_of_others(store: Stores) -> None:
    sides = Sides(store)
    queued = workflow("steps: {a: {uses: add, queue: one}}")
    run = await sides.begin(queued)
    await sides.work()
    assert (await sides.status(run))[1] == {"a": "waiting"}
    await sides.serve()
    assert (await sides.status(run))[0] == "succeeded"


@pytest.mark.parametrize("order", range(3))
async def test_side_by_side_nothing_is_lost(tmp_path: Path, effects: Path, order: int) -> None:
    """Server and worker at the same time, on a file, over several runs."""
    store = SqliteStore(tmp_path / "runs.db")
    sides, stop = Sides(store), asyncio.Event()
    made = [
        Worker(sides.server, most=2 + order),
        Worker(sides.project, own=digests(), only_own=True),
    ]
    working = [asyncio.create_task(each.work(stop)) for each in made]
    runs = [await sides.begin(CHAIN) for _ in range(10)]
    async with asyncio.timeout(30):
        while len(await sides.server.list_runs(statuses=("succeeded",))) < len(runs):  # noqa: ASYNC110 - others end them
            await asyncio.sleep(0.02)
    stop.set()
    await asyncio.gather(*working)
    assert marks(effects) == ["b"] * len(runs)
    for run in runs:
        assert not any(isinstance(each, AttemptLost) for each in await store.events(run))
    store.close()


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_whoever_is_first_the_end_is_the_same(seed: int) -> None:
    """Random chains and fans of own and built-in steps, driven in turns of a random order."""
    chance = random.Random(seed)
    lines = []
    for number in range(chance.randint(2, 7)):
        needs = f"needs: s{chance.randrange(number)}, " if number and chance.random() < 0.8 else ""
        uses = chance.choice(["add", "flaky", "in_a_thread"])
        given = "times: 1" if uses == "flaky" else f"n: {number}"
        lines.append(f"  s{number}: {{{needs}uses: {uses}, with: {{{given}}}}}")
    which = workflow("steps:\n" + "\n".join(lines))

    async def run() -> tuple[str, dict[str, str]]:
        sides = Sides(MemoryStore())
        begun = await sides.begin(which)
        for _ in range(40):
            await chance.choice([sides.serve, sides.work])()
        await sides.both(12)
        return await sides.status(begun)

    status, steps = asyncio.run(run())
    assert status == "succeeded"
    assert set(steps.values()) == {"ok"}
