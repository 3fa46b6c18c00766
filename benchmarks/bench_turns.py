"""What a turn costs where a thousand steps wait in one queue, beside where ten do; and an idle worker.

python benchmarks/bench_turns.py
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent))

from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.model import load
from auterity_sdk.workflow.queue import Queue
from benchmarks.bench_chain import NoConnections
from benchmarks.rounds import Line, Prepare, Work, interleaved, ratio, show

FEW, MANY = 10, 1_000
LOOKS = 100
ROUNDS = 9
SETTLED, IDLE = 0.5, 5.0
"""Seconds after which an idle worker is watched, and for how long."""


@step
async def nop() -> None:
    return None


QUEUED = load({"auterity": 1, "name": "queued", "steps": {"a": {"uses": nop.name, "queue": "q"}}})


@contextmanager
def runtime(file: Path) -> Iterator[LocalRuntime]:
    registry = replace(Registry().extended([nop]), queues={"q": Queue("q", 1)})
    with closing(SqliteStore(file)) as store:
        yield LocalRuntime(World(registry, NoConnections()), store)


async def begun(here: LocalRuntime, count: int) -> None:
    """The runs that wait. Nothing is flushed: they are scenery."""
    here.store._database.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]
    for number in range(count):
        await here.start(QUEUED, {}, run_id=f"r{number:05}")


def looks(here: LocalRuntime, count: int) -> Prepare:
    """Whose turn it is, asked by the last of them, and what is due in the queue."""

    def prepare(_: int) -> Work:
        return lambda: asyncio.run(look())

    async def look() -> None:
        for _ in range(LOOKS):
            await here.store.turns(f"r{count - 1:05}", here.clock.now())
            await here.store.due(here.clock.now(), 10, ["q"])

    return prepare


def idle(file: Path) -> float:
    """The share of a processor that an idle worker takes, in percent."""
    with runtime(file) as here:
        return asyncio.run(watched(here))


async def watched(here: LocalRuntime) -> float:
    stop = asyncio.Event()
    working = asyncio.create_task(Worker(here).work(stop))
    await asyncio.sleep(SETTLED)
    spent, began = time.process_time(), time.monotonic()
    await asyncio.sleep(IDLE)
    share = 100 * (time.process_time() - spent) / (time.monotonic() - began)
    stop.set()
    await working
    return share


def main() -> None:
    """Measure, and print."""
    disk = "/var/tmp" if Path("/var/tmp").is_dir() else None  # noqa: S108
    with TemporaryDirectory(dir=disk) as path, ExitStack() as opened:
        shares = [idle(Path(path) / "idle.db") for _ in range(3)]
        works = {}
        for count in (FEW, MANY):
            here = opened.enter_context(runtime(Path(path) / f"{count}.db"))
            asyncio.run(begun(here, count))
            works[f"{LOOKS} looks, {count:,} steps wait"] = looks(here, count)
        measured = interleaved(ROUNDS, works)
        few, many = works
        lines = [
            Line(f"{MANY:,} beside {FEW}", ratio(measured, many, few), None, "x"),
            Line("a look where a thousand wait", 1e3 * median(measured[many]) / LOOKS, 5, "ms"),
            Line("an idle worker", median(shares), 2, "% of a processor"),
        ]
        show("turns in a queue of one place", measured, lines)


if __name__ == "__main__":
    main()
