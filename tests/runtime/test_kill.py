"""kill -9 at any moment loses nothing and doubles no recorded result."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from auterity_sdk.runs.events import Event, StepEnded
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.ports import Summary
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from tests.runtime.worlds import EFFECTS, outcomes, workflow, world

TEXT = """
steps:
  a: {uses: effect, with: {name: a}}
  each:
    needs: a
    for_each: {in: "['x', 'yy']", max_parallel: 1, steps: {e: {uses: effect, with: {name: "${item}"}}}, output: {n: "${e.n}"}}
  w: {needs: each, wait: 20ms}
  d: {needs: w, uses: effect, with: {name: dd}, retry: {attempts: 3, initial: 1ms}}
  z: {needs: d, uses: effect, with: {name: "${string(each.results[1].n)}"}}
output: {n: "${z.n + each.results[1].n}"}
"""
RUN_ID = "r1"


def carry_on(folder: Path) -> None:
    """What the processes do that are killed."""
    store = SqliteStore(folder / "runs.db")
    runtime = LocalRuntime(world(), store)

    async def go() -> None:
        if await store.run(RUN_ID) is None:
            await runtime.start(workflow(TEXT), {}, run_id=RUN_ID)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await runtime.drive(RUN_ID, to_the_end=True)

    asyncio.run(go())
    store.close()


def process(folder: Path) -> subprocess.Popen[str]:
    code = "import sys, pathlib; from tests.runtime.test_kill import carry_on; carry_on(pathlib.Path(sys.argv[1]))"
    environment = {**os.environ, EFFECTS: str(folder / "effects"), "PYTHONPATH": "."}
    return subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


async def look(folder: Path) -> tuple[object, list[StepEnded]]:
    store = SqliteStore(folder / "runs.db")
    try:
        view = await LocalRuntime(world(), store).show(RUN_ID)
        events = await store.events(RUN_ID)
    finally:
        store.close()
    ended = [event for event in events if isinstance(event, StepEnded)]
    return (view.status, view.output, outcomes(view)), ended


def effects(folder: Path) -> set[str]:
    return {mark.name for mark in (folder / "effects").iterdir()}


def test_a_killed_run_ends_as_the_one_that_was_not(tmp_path: Path) -> None:
    moments = random.Random(8)
    undisturbed = tmp_path / "whole"
    (undisturbed / "effects").mkdir(parents=True)
    finish(undisturbed)
    whole, _ = asyncio.run(look(undisturbed))
    marks = effects(undisturbed)
    assert len(marks) == 5
    kills = 0
    for number in range(4):
        folder = tmp_path / str(number)
        (folder / "effects").mkdir(parents=True)
        kills += sum(killed(folder, moments.uniform(0, 0.05)) for _ in range(5))
        finish(folder)
        found, ended = asyncio.run(look(folder))
        assert found == whole
        assert effects(folder) == marks
        paths = [event.step for event in ended]
        assert len(paths) == len(set(paths))
    assert kills >= 10


def killed(folder: Path, after: float) -> bool:
    """Let a process carry on for so many seconds; whether it was killed before it had ended."""
    with process(folder) as running:
        assert running.stdout is not None
        running.stdout.readline()
        time.sleep(after)
        running.send_signal(signal.SIGKILL)
        return running.wait() == -signal.SIGKILL


def finish(folder: Path) -> None:
    with process(folder) as running:
        running.communicate()
    assert running.returncode == 0


class Recording(MemoryStore):
    """Remembers how long the journal was after each append: where a process may be killed."""

    def __init__(self) -> None:
        super().__init__()
        self.cuts: list[tuple[int, Summary]] = []

    async def append(
        self,
        run_id: str,
        expected: int,
        events: Sequence[Event],
        summary: Summary | None = None,
        taken: Sequence[str] = (),
    ) -> None:
        await super().append(run_id, expected, events, summary, taken)
        known = await self.run(run_id)
        assert known is not None
        self.cuts.append((expected + len(events), known))


async def test_a_run_goes_on_from_each_append(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "effects").mkdir()
    monkeypatch.setenv(EFFECTS, str(tmp_path / "effects"))
    whole = Recording()
    view = await LocalRuntime(world(), whole).run(workflow(TEXT), {})
    events = await whole.events(view.run_id)
    assert len(whole.cuts) > 8
    for length, summary in whole.cuts:
        part = MemoryStore()
        again = LocalRuntime(world(), part)
        await again.plans.of(workflow(TEXT))
        await part.append(view.run_id, 0, events[:length], summary)
        found = await again.drive(view.run_id, to_the_end=True)
        assert (found.status, found.output) == (view.status, view.output)
        assert outcomes(found) == outcomes(view)
    assert len(effects(tmp_path)) == 5
