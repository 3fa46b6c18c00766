"""Many runs, and workers that are killed at random: nothing may be lost or doubled.

`python -m tests.runtime.soak [RUNS] [SECONDS]` (20,000 runs in at most 1,800 s, without words) prints what it found, and
ends with 1 where something was lost or doubled.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from auterity_sdk.runs.events import StepEnded
from auterity_sdk.runs.journal import from_line
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import step
from tests.runtime.kill_matrix import forked
from tests.runtime.worlds import workflow, world

WORKERS = 2
AHEAD = 400
"""So many runs are begun and not ended, at most."""

TEXT = """
input: {n: integer}
steps:
  a: {uses: noted, with: {n: "${input.n}"}}
  b: {needs: a, uses: noted, with: {n: "${a.n}"}}
  c: {needs: a, uses: noted, with: {n: "${a.n}"}}
  d: {needs: [b, c], uses: noted, with: {n: "${b.n + c.n}"}}
output: {n: "${d.n}"}
"""
STEPS = 4


class Noted(Output):
    n: int


@step
async def noted(context: StepContext, n: int) -> Noted:
    """Leave a line in a file, under the idempotency key."""
    line = f"{context.idempotency_key}\n".encode()
    descriptor = os.open(os.environ["NOTES"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, line)
    os.close(descriptor)
    await asyncio.sleep(0)
    return Noted(n=n + 1)


def runtime(store: SqliteStore) -> LocalRuntime:
    return LocalRuntime(world(registry=Registry().extended([noted])), store)


def carry_on(file: Path) -> None:
    store = SqliteStore(file)

    async def go() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await Worker(runtime(store)).work(stop)

    asyncio.run(go())
    store.close()


class Soak:
    """The runs, their workers, and whoever kills these."""

    def __init__(self, folder: Path, runs: int, seconds: float) -> None:
        self.file, self.runs = folder / "runs.db", runs
        self.deadline = time.monotonic() + seconds
        self.random = random.Random(4)
        self.workers: dict[int, float] = {}
        self.kills = 0
        self.memory: list[int] = []
        self.disk: list[float] = []

    def run(self) -> None:
        """Begin all runs, kill workers meanwhile, and wait for the end."""
        store = SqliteStore(self.file)
        here = runtime(store)
        made = workflow(TEXT)
        begun = 0
        told = 0
        while (ended := self._ended(store)) < self.runs:
            if time.monotonic() > self.deadline:
                raise TimeoutError(f"{ended} of {self.runs} runs have ended")
            more = min(self.runs - begun, AHEAD - (begun - ended))
            for number in range(begun, begun + more):
                asyncio.run(here.start(made, {"n": number}, run_id=f"r{number}"))
            begun += max(more, 0)
            self._keep_workers()
            if ended >= told + self.runs // 10:
                told = ended
                self._measure(ended)
            time.sleep(0.02)
        self._measure(self.runs)
        for worker in self.workers:
            os.kill(worker, signal.SIGTERM)
            os.waitpid(worker, 0)
        store.close()

    def _ended(self, store: SqliteStore) -> int:
        query = "SELECT count(*) FROM runs WHERE status = 'succeeded'"
        found: int = store._database.execute(query).fetchone()[0]
        return found

    def _keep_workers(self) -> None:
        now = time.monotonic()
        for worker, until in tuple(self.workers.items()):
            if now >= until:
                os.kill(worker, signal.SIGKILL)
                os.waitpid(worker, 0)
                del self.workers[worker]
                self.kills += 1
        while len(self.workers) < WORKERS:
            self.workers[forked(lambda: carry_on(self.file))] = now + self.random.uniform(0.2, 4)

    def _measure(self, ended: int) -> None:
        resident = [_resident(worker) for worker in self.workers]
        self.memory.append(max(resident, default=0))
        self.disk.append(self.file.stat().st_size / (ended * STEPS))
        print(
            f"{ended} runs ended, {self.kills} workers killed; {self.disk[-1]:.0f} bytes a step,"
            f" {self.memory[-1] // 1024} MiB the largest worker",
            file=sys.stderr,
        )

    def problems(self, notes: Path) -> list[str]:
        """What was lost or doubled."""
        recorded: Counter[tuple[str, str]] = Counter()
        wrong = []
        with closing(sqlite3.connect(self.file)) as database:
            for run_id, line in database.execute("SELECT run_id, line FROM journal"):
                event = from_line(line)
                if isinstance(event, StepEnded):
                    recorded[run_id, event.step] += 1
                    if event.outcome != "ok":
                        wrong.append(f"{run_id}/{event.step} ended {event.outcome}")
        if len(recorded) != self.runs * STEPS:
            wrong.append(f"{len(recorded)} results instead of {self.runs * STEPS}")
        wrong += [
            f"{place} was recorded {times} times" for place, times in recorded.items() if times > 1
        ]
        effects = Counter(notes.read_text().splitlines())
        if len(effects) != self.runs * STEPS:
            wrong.append(f"{len(effects)} keys of effects instead of {self.runs * STEPS}")
        print(f"attempts that were made again: {effects.total() - len(effects)}")
        return wrong


def _resident(process: int) -> int:
    pages = Path(f"/proc/{process}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") // 1024


def main(runs: int = 20_000, seconds: float = 1_800) -> int:
    """Soak; 1 where something was lost or doubled."""
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        os.environ["NOTES"] = str(folder / "notes")
        begun = time.monotonic()
        soak = Soak(folder, runs, seconds)
        soak.run()
        print(f"{runs} runs in {time.monotonic() - begun:.0f} s, {soak.kills} workers killed")
        print("bytes a step:", ", ".join(f"{each:.0f}" for each in soak.disk))
        print("KiB of the largest worker:", ", ".join(map(str, soak.memory)))
        found = soak.problems(folder / "notes")
    for each in found[:20]:
        print(each)
    print("nothing was lost or doubled" if not found else f"{len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
