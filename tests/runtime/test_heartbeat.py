"""Long attempts say that they live, and tell the next one how far they came."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from auterity_sdk.errors import InvalidWorkflow, StepError
from auterity_sdk.runtime import heartbeat
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.model import load
from tests.runtime.worlds import EFFECTS, Number, outcomes, workflow, world

ROOT = Path(__file__).parents[2]
stopped: list[str] = []


@step
async def beating(context: StepContext, times: int, pause: float) -> Number:
    """Beat so often, with pauses between."""
    for _ in range(times):
        await asyncio.sleep(pause)
        context.heartbeat()
    return Number(n=times)


@step
async def silent_at_first(context: StepContext) -> Number:
    """Tell how far it is and fall silent; the next attempt goes on from there."""
    found = context.heartbeat_details
    if found is None:
        context.heartbeat({"row": 41})
        context.heartbeat({"row": 42})
        await asyncio.sleep(60)
    return Number(n=found["row"])


@step
def thread(context: StepContext) -> Number:
    """Be silent for too long in a thread, which nobody can stop but itself."""
    if context.attempt == 2:
        return Number(n=2)
    time.sleep(0.4)
    try:
        context.heartbeat()
    except StepError as error:
        stopped.append(error.type)
        raise
    return Number(n=1)


@step(idempotent=False)
async def silent_effect(context: StepContext) -> Number:
    await asyncio.sleep(60)
    return Number()


@step
async def rows(context: StepContext) -> Number:
    """Work through rows, and leave a mark for each; as slowly as a file `slow` is there."""
    marks = Path(os.environ[EFFECTS])
    first = (context.heartbeat_details or {"row": 0})["row"]
    for row in range(first, 5):
        with (marks / "rows").open("a") as file:
            file.write(f"{row}\n")
        context.heartbeat({"row": row + 1})
        while row == 2 and (marks / "slow").exists():
            await asyncio.sleep(0.01)
            context.heartbeat()
    return Number(n=first)


REGISTRY = Registry().extended([beating, silent_at_first, thread, silent_effect, rows])
RETRY = "retry: {attempts: 2, initial: 1ms, jitter: false, heartbeat: 150ms}"


def runtime(store: Any = None) -> LocalRuntime:
    return LocalRuntime(world(registry=REGISTRY), store or MemoryStore())


async def run(uses: str, retry: str = RETRY) -> Any:
    text = f"steps: {{a: {{uses: {uses}, {retry}}}}}\noutput: {{n: '${{a.n}}'}}\n"
    return await runtime().run(workflow(text), {})


async def test_an_attempt_lives_as_long_as_it_beats() -> None:
    shown = await run("beating, with: {times: 8, pause: 0.05}")
    assert (shown.status, shown.steps[0].attempt) == ("succeeded", 1)


async def test_a_silent_attempt_fails_and_the_next_is_given_its_details() -> None:
    shown = await run("silent_at_first")
    assert (shown.status, shown.output, shown.steps[0].attempt) == ("succeeded", {"n": 42}, 2)


@pytest.mark.parametrize(
    ("retry", "tried"),
    [("on: [heartbeat]", 2), ("on: [network]", 1)],
)
async def test_its_error_is_named_by_retry(retry: str, tried: int) -> None:
    shown = await run("beating, with: {times: 1, pause: 60}", f"{RETRY[:-1]}, {retry}}}")
    assert (shown.status, shown.steps[0].attempt) == ("failed", tried)
    assert shown.error.type == "heartbeat"
    assert "no heartbeat for 0.15 s" in shown.error.message


async def test_a_thread_is_told_to_stop_by_its_own_heartbeat() -> None:
    stopped.clear()
    shown = await run("thread")
    assert (shown.status, shown.output) == ("succeeded", {"n": 2})
    for _ in range(100):
        if stopped:
            break
        await asyncio.sleep(0.02)
    assert stopped == ["heartbeat"]


async def test_a_silent_effect_that_may_not_be_repeated_is_uncertain() -> None:
    shown = await run("silent_effect")
    assert (shown.status, outcomes(shown)) == ("uncertain", {"a": "uncertain"})


async def test_without_the_key_a_heartbeat_changes_nothing() -> None:
    shown = await run("beating, with: {times: 2, pause: 0.2}", "timeout: 1m")
    assert shown.status == "succeeded"


async def test_details_are_kept_at_most_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "KEPT_EVERY", 0.1)
    kept: list[Any] = []

    async def keep(details: Any) -> None:
        kept.append(details)

    heart = heartbeat.Heart(1, keep)

    async def work() -> None:
        for number in range(1000):
            heart.beat(number)
            if number % 100 == 0:
                await asyncio.sleep(0.03)
        raise StepError("over")

    with pytest.raises(StepError, match="over"):
        await heart.watch(work())
    assert kept[0] == 0
    assert kept[-1] == 999, "the last ones are kept when the attempt ends badly"
    assert len(kept) <= 6


async def test_what_was_being_kept_when_the_attempt_failed_is_kept_for_the_next() -> None:
    kept: list[Any] = []
    slow = asyncio.Event()

    async def keep(details: Any) -> None:
        if not slow.is_set():
            slow.set()
            await asyncio.sleep(60)
        kept.append(details)

    heart = heartbeat.Heart(1, keep)

    async def work() -> None:
        heart.beat({"row": 10})
        await slow.wait()
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await heart.watch(work())
    assert kept == [{"row": 10}]


async def test_what_cannot_be_kept_does_not_end_the_attempt() -> None:
    here = runtime()

    async def full(*_: Any) -> None:
        raise heartbeat.StoreError("the disk is full")

    here.store.beat = full  # type: ignore[method-assign]
    shown = await here.run(workflow(f"steps: {{a: {{uses: silent_at_first, {RETRY}}}}}"), {})
    assert (shown.status, shown.steps[0].attempt) == ("failed", 2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    (tmp_path / "effects").mkdir()
    os.environ[EFFECTS] = str(tmp_path / "effects")
    made = SqliteStore(tmp_path / "runs.db")
    yield made
    made.close()


def test_details_outlive_the_process_and_are_not_in_the_journal(
    store: SqliteStore, tmp_path: Path
) -> None:
    here = runtime(store)
    made = workflow("steps: {a: {uses: rows, retry: {heartbeat: 30s}}}\noutput: {n: '${a.n}'}\n")
    asyncio.run(here.start(made, {}, run_id="r1"))
    (tmp_path / "effects" / "slow").touch()
    command = [sys.executable, "-m", "tests.runtime.test_heartbeat", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ}) as process:
        for _ in range(1000):
            time.sleep(0.02)
            if asyncio.run(store.last_beat("r1", "a")) == {"row": 3}:
                break
        process.send_signal(signal.SIGKILL)
    (tmp_path / "effects" / "slow").unlink()
    asyncio.run(Worker(here).work_off())
    shown = asyncio.run(here.show("r1"))
    assert (shown.status, shown.output) == ("succeeded", {"n": 3})
    rows_done = (tmp_path / "effects" / "rows").read_text().split()
    assert rows_done == ["0", "1", "2", "3", "4"]
    assert asyncio.run(store.last_beat("r1", "a")) is None
    told = [type(event).__name__ for event in asyncio.run(store.events("r1"))]
    assert told == ["RunStarted", "StepStarted", "AttemptLost", "StepEnded", "RunEnded"]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ("a: {uses: rows, retry: {timeout: 30s, heartbeat: 30s}}", "shorter than `timeout`"),
        ("a: {call: child, retry: {heartbeat: 30s}}", "a child run gives no heartbeat"),
    ],
)
def test_a_heartbeat_that_says_nothing_is_refused(steps: str, said: str) -> None:
    with pytest.raises((InvalidWorkflow, ValueError), match=said):
        workflow(f"steps: {{{steps}}}")


def test_a_heartbeat_is_read_and_written() -> None:
    made = load(
        {
            "auterity": 1,
            "name": "x",
            "steps": {"a": {"uses": "rows", "retry": {"heartbeat": "30s"}}},
        }
    )
    assert made.model_dump(mode="json", by_alias=True, exclude_unset=True)["steps"]["a"] == {
        "uses": "rows",
        "retry": {"heartbeat": "30s"},
    }


def main(folder: Path) -> None:
    """A worker that a test ends."""
    store = SqliteStore(folder / "runs.db")
    asyncio.run(Worker(runtime(store)).work_off())
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
