"""A durable chain of 1,000 steps on SQLite, beside one bare commit (WAL, synchronous=FULL) per step.

    python benchmarks/bench_durable.py

Rounds of both are interleaved, on files in one folder; the median of their ratios is told.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.steps.registry import Registry
from benchmarks.bench_chain import NoConnections, chain, one

LENGTH = 1_000
ROUNDS = 7


async def chain_of_steps(file: Path) -> float:
    """Seconds of a run in a new store."""
    store = SqliteStore(file)
    runtime = LocalRuntime(World(Registry().extended([one]), NoConnections()), store)
    run_id = await runtime.start(chain(LENGTH), {})
    begun = perf_counter()
    view = await runtime.drive(run_id)
    took = perf_counter() - begun
    store.close()
    if view.status != "succeeded":
        raise SystemExit(f"the chain ended {view.status}")
    return took


def chain_of_commits(file: Path, length: int) -> float:
    """Seconds of as many commits of one small row."""
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE rows (number INTEGER PRIMARY KEY, text TEXT)")
        begun = perf_counter()
        for number in range(length):
            database.execute("INSERT INTO rows VALUES (?, 'a step has ended')", (number,))
        return perf_counter() - begun


async def measure(folder: Path) -> None:
    steps, commits = [], []
    for number in range(ROUNDS):
        commits.append(chain_of_commits(folder / f"bare{number}.db", LENGTH))
        steps.append(await chain_of_steps(folder / f"runs{number}.db"))
    ratio = median(a / b for a, b in zip(steps, commits, strict=True))
    a_step, a_commit = (median(found) / LENGTH * 1e6 for found in (steps, commits))
    print(f"a durable step {a_step:.0f} us, a bare commit {a_commit:.0f} us, ratio {ratio:.2f}")


def main() -> None:
    """Measure in a folder that is on a disk, not in memory."""
    with TemporaryDirectory(dir="/var/tmp" if Path("/var/tmp").is_dir() else None) as folder:  # noqa: S108
        asyncio.run(measure(Path(folder)))


if __name__ == "__main__":
    main()
