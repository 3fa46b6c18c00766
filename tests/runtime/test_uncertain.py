"""Processes that end inside an effect that may not be repeated: it happens once, and a person settles the step."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from auterity_sdk.errors import UsageError
from auterity_sdk.runs.events import AttemptLost, StepSettled, StepUncertain
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.workflow.model import Workflow
from tests.runtime.worlds import EFFECTS, REGISTRY, outcomes, workflow, world

ROOT = Path(__file__).parents[2]
PAY = """
steps:
  pay: {uses: charge}
  after: {needs: pay, uses: effect, with: {name: after}}
output: {n: "${pay.n}"}
"""
NAMED = """
steps:
  pay: {uses: charge}
  after: {needs: pay, uses: effect, with: {name: after}}
  ask: {needs: pay.uncertain, uses: effect, with: {name: ask}}
ends: {paid: after, asked: ask}
"""
EACH = """
steps:
  each: {for_each: {in: "['a', 'bb']", steps: {pay: {uses: charge, with: {name: "${item}"}}}, output: {n: "${pay.n}"}}}
output: {all: "${each.results}"}
"""
CALLS = "steps: {hand: {call: child, with: {}}}\n"
CHILD = workflow("name: child\nsteps: {pay: {uses: charge}}\n")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    (tmp_path / "effects").mkdir()
    os.environ[EFFECTS] = str(tmp_path / "effects")
    made = SqliteStore(tmp_path / "runs.db")
    yield made
    made.close()


def runtime(store: SqliteStore) -> LocalRuntime:
    return LocalRuntime(world(registry=REGISTRY.extended(workflows=[CHILD])), store)


def effects(folder: Path) -> list[str]:
    marks = [mark for mark in (folder / "effects").iterdir() if mark.name != "slow"]
    return sorted(line for mark in marks for line in mark.read_text().splitlines())


def ended_inside(
    store: SqliteStore, folder: Path, made: Workflow, how: signal.Signals, count: int = 1
) -> LocalRuntime:
    """Begin a run in a worker of its own, and end that while `count` effects have happened and no answer came."""
    here = runtime(store)
    asyncio.run(here.start(made, {}, run_id="r1"))
    (folder / "effects" / "slow").touch()
    command = [sys.executable, "-m", "tests.runtime.test_uncertain", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ}) as process:
        for _ in range(1000):
            time.sleep(0.02)
            if len(effects(folder)) == count:
                break
        process.send_signal(how)
        process.wait(20)
    (folder / "effects" / "slow").unlink()
    assert len(effects(folder)) == count
    return here


BOTH = pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])


@BOTH
def test_it_is_not_repeated_and_waits_for_a_person(
    store: SqliteStore, tmp_path: Path, how: signal.Signals
) -> None:
    here = ended_inside(store, tmp_path, workflow(PAY), how)

    async def carry_on() -> None:
        await Worker(here).work_off()
        shown = await here.show("r1")
        assert (shown.status, shown.waiting[0].kind) == ("uncertain", "uncertain")
        assert shown.waiting[0].what == "ok, failed, retry"
        assert [run.run_id for run in await here.list_runs(statuses=["uncertain"])] == ["r1"]
        assert await store.due(here.clock.now(), 9) == [], "nothing is to be done meanwhile"
        await here.settle("r1", "pay", "ok", output={"n": 4}, by="ann", reason="on the statement")
        assert await store.due(here.clock.now(), 9) == ["r1"]
        await Worker(here).work_off()

    asyncio.run(carry_on())
    shown = asyncio.run(here.show("r1"))
    assert (shown.status, shown.output) == ("succeeded", {"n": 4})
    assert effects(tmp_path) == ["after after", "card pay"]
    events = asyncio.run(store.events("r1"))
    kinds = (AttemptLost, StepUncertain, StepSettled)
    told = [type(event) for event in events if isinstance(event, kinds)]
    assert told == ([*kinds] if how is signal.SIGKILL else [*kinds[1:]])


@BOTH
def test_where_it_is_named_the_run_goes_on(
    store: SqliteStore, tmp_path: Path, how: signal.Signals
) -> None:
    here = ended_inside(store, tmp_path, workflow(NAMED), how)
    asyncio.run(Worker(here).work_off())
    shown = asyncio.run(here.show("r1"))
    assert (shown.status, shown.end) == ("succeeded", "asked")
    assert outcomes(shown) == {"pay": "uncertain", "ask": "ok", "after": "not reached"}
    assert effects(tmp_path) == ["ask ask", "card pay"]


def test_each_item_is_settled_by_its_path(store: SqliteStore, tmp_path: Path) -> None:
    here = ended_inside(store, tmp_path, workflow(EACH), signal.SIGKILL, count=2)

    async def carry_on() -> None:
        await Worker(here).work_off()
        with pytest.raises(UsageError, match="bad output of `charge`: n: "):
            await here.settle("r1", "each[0]/pay", "ok", output={"n": "many"})
        with pytest.raises(UsageError, match="has no output"):
            await here.settle("r1", "each[0]/pay", "retry", output={"n": 1})
        await here.settle("r1", "each[0]/pay", "ok", output={"n": 1})
        await here.settle("r1", "each[1]/pay", "retry")
        await Worker(here).work_off()

    asyncio.run(carry_on())
    assert asyncio.run(here.show("r1")).output == {"all": [{"n": 1}, {"n": 2}]}
    assert effects(tmp_path) == ["a each[0]/pay", "bb each[1]/pay", "bb each[1]/pay"]


def test_a_step_of_a_called_run_is_settled_through_its_caller(
    store: SqliteStore, tmp_path: Path
) -> None:
    here = ended_inside(store, tmp_path, workflow(CALLS), signal.SIGKILL)

    async def carry_on() -> None:
        await Worker(here).work_off()
        called = (await here.show("r1")).waiting[0].what
        assert (await here.show(called)).status == "uncertain"
        await here.settle("r1", "hand/pay", "ok")
        await Worker(here).work_off()

    asyncio.run(carry_on())
    assert asyncio.run(here.show("r1")).status == "succeeded"
    assert effects(tmp_path) == ["card pay"]


def test_an_effect_that_a_process_left_once_it_had_answered_is_recorded(
    store: SqliteStore, tmp_path: Path
) -> None:
    """A result that has come when its process stops is no doubt."""
    here = runtime(store)
    slow = tmp_path / "effects" / "slow"
    slow.touch()

    async def leave() -> None:
        await here.start(workflow(PAY), {}, run_id="r1")
        with here.driver() as driver:
            await driver.take_up("r1")
            await driver.turn()
            slow.unlink()
            while driver.is_busy:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)
            await driver.close()
        assert outcomes(await here.show("r1"))["pay"] == "ok"
        await here.drive("r1")

    asyncio.run(leave())
    assert asyncio.run(here.show("r1")).status == "succeeded"
    assert effects(tmp_path) == ["after after", "card pay"]


def main(folder: Path) -> None:
    """A worker on a store, which a test ends."""
    store = SqliteStore(folder / "runs.db")
    here = runtime(store)

    async def go() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await Worker(here).work(stop)

    asyncio.run(go())
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))


@pytest.mark.parametrize("beside", ["", "  more: {uses: forever}\n"])
async def test_a_drive_that_is_cut_short_in_memory_repeats_nothing_either(
    tmp_path: Path, beside: str
) -> None:
    """With another attempt beside it, and alone in the driver's own task."""
    (tmp_path / "effects").mkdir()
    (tmp_path / "effects" / "slow").touch()
    os.environ[EFFECTS] = str(tmp_path / "effects")
    here = LocalRuntime(world())
    run = await here.start(workflow(f"steps:\n  pay: {{uses: charge}}\n{beside}"), {})
    driving = asyncio.create_task(here.drive(run))
    while not effects(tmp_path):  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0.01)
    driving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await driving
    assert outcomes(await here.show(run))["pay"] == "uncertain"
    assert effects(tmp_path) == ["card pay"]


async def test_an_attempt_that_had_not_begun_is_in_no_doubt(store: SqliteStore) -> None:
    here = runtime(store)
    await here.start(workflow("steps: {pay: {uses: charge}, more: {uses: nop}}"), {}, run_id="r1")
    with here.driver() as driver:
        await driver.take_up("r1")
        await driver.close()
    assert outcomes(await here.show("r1"))["pay"] == "running"
