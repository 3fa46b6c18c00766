"""kill -9 at any moment loses nothing and doubles no recorded result."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from auterity_sdk.runs.events import Event, StepEnded
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.ports import Claims, Lease, Pins, Summary
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
        await runtime.drive(RUN_ID, to_the_end=True)

    asyncio.run(go())
    store.close()


def serve() -> None:
    """For each folder on standard input: a new process that carries on there, killed after so long.

    One import serves them all, since a process costs half a second of it.
    """
    for line in sys.stdin:
        after, _, folder = line.strip().partition(" ")
        os.environ[EFFECTS] = str(Path(folder) / "effects")
        child = os.fork()
        if child == 0:
            carry_on(Path(folder))
            os._exit(0)
        if after != "never":
            time.sleep(float(after))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


class Processes:
    """Starts processes, and kills them."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        self._server = server

    def run(self, folder: Path, after: float | None = None) -> int:
        """The exit code of a process that is killed after so many seconds, if it has not ended."""
        (folder / "effects").mkdir(parents=True, exist_ok=True)
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(f"{'never' if after is None else after} {folder}\n")
        self._server.stdin.flush()
        return int(self._server.stdout.readline())


@pytest.fixture
def processes() -> Iterator[Processes]:
    with subprocess.Popen(
        [sys.executable, "-c", "from tests.runtime.test_kill import serve; serve()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as server:
        yield Processes(server)
        assert server.stdin is not None
        server.stdin.close()


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


def test_a_killed_run_ends_as_the_one_that_was_not(tmp_path: Path, processes: Processes) -> None:
    moments = random.Random(8)
    undisturbed = tmp_path / "whole"
    assert processes.run(undisturbed) == 0
    whole, _ = asyncio.run(look(undisturbed))
    marks = effects(undisturbed)
    assert len(marks) == 5
    codes = []
    for number in range(5):
        folder = tmp_path / str(number)
        codes += [processes.run(folder, moments.uniform(0, 0.12)) for _ in range(5)]
        assert processes.run(folder) == 0
        found, ended = asyncio.run(look(folder))
        assert found == whole
        assert effects(folder) == marks
        paths = [event.step for event in ended]
        assert len(paths) == len(set(paths))
    assert codes.count(-signal.SIGKILL) >= 8


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
        lease: Lease | None = None,
        claims: Claims | None = None,
        pins: Pins | None = None,
    ) -> None:
        await super().append(run_id, expected, events, summary, taken, lease, claims, pins)
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
    assert len(whole.cuts) >= 7
    for length, summary in whole.cuts:
        part = MemoryStore()
        again = LocalRuntime(world(), part)
        await again.plans.of(workflow(TEXT))
        await part.append(view.run_id, 0, events[:length], summary)
        found = await again.drive(view.run_id, to_the_end=True)
        assert (found.status, found.output) == (view.status, view.output)
        assert outcomes(found) == outcomes(view)
    assert len(effects(tmp_path)) == 5
