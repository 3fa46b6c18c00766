"""Steps that Celery carries, beside bare Celery: from one step's end to the next one's start, and steps a second.

`python -m benchmarks.bench_celery`: a real PostgreSQL and Redis, and two worker processes of each kind.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from celery import chain

from auterity_sdk.runtime.attempt_worker import IN_A_ROW
from auterity_sdk.workflow.model import Workflow, load
from auterity_server.database.database import Database
from benchmarks.celery_workers import bare, runtime
from tests.services.postgres import running_postgres
from tests.services.redis import running_redis

WORKERS = 2
CHAINS = (10, 1000)
HOPS, MANY = 300, 2000
_PATIENCE = 120


def chain_of(length: int) -> Workflow:
    steps: dict[str, object] = {"s0": {"uses": "marked"}}
    for number in range(1, length):
        steps[f"s{number}"] = {"needs": f"s{number - 1}", "uses": "marked"}
    return load({"auterity": 1, "name": "chain", "steps": steps})


class Marks:
    """What the steps of some worker processes wrote down."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen = 0

    def all(self) -> list[tuple[str, float, float]]:
        lines = [line.split() for file in self.folder.iterdir() for line in _whole(file)]
        return [(of, float(began), float(ended)) for of, _, began, ended in lines]

    def wait_for(self, more: int) -> list[tuple[str, float, float]]:
        """The next `more` of them."""
        ends = time.monotonic() + _PATIENCE
        while len(found := sorted(self.all(), key=lambda each: each[1])) < self._seen + more:
            if time.monotonic() > ends:
                raise TimeoutError(f"{len(found) - self._seen} of {more} steps came")
            time.sleep(0.05)
        new, self._seen = found[self._seen :], len(found)
        return new


def _whole(file: Path) -> list[str]:
    text = file.read_text()
    return text[: text.rfind("\n") + 1].splitlines()


@contextmanager
def workers(kind: str, *told: str) -> Iterator[Marks]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.celery_workers", kind, *told]
        made = [
            subprocess.Popen(command, env={**os.environ, "MARKS": folder}) for _ in range(WORKERS)
        ]
        try:
            yield Marks(Path(folder))
        finally:
            for each in made:
                each.kill()
                each.wait()


def hops(marks: list[tuple[str, float, float]]) -> list[float]:
    """Milliseconds from the end of each step to the beginning of the next one of its run."""
    by_run = defaultdict(list)
    for of, began, ended in marks:
        by_run[of].append((began, ended))
    return [
        1000 * (after[0] - before[1])
        for each in by_run.values()
        for before, after in itertools.pairwise(each)
    ]


def rate(marks: list[tuple[str, float, float]]) -> float:
    return (len(marks) - 1) / (max(each[2] for each in marks) - min(each[1] for each in marks))


def told(name: str, found: list[float]) -> float:
    middle = statistics.median(found)
    late = statistics.quantiles(found, n=100)[98]
    print(f"{name:28} p50 {middle:7.2f} ms   p99 {late:7.2f} ms", flush=True)
    return middle


async def begin(url: str, broker: str, length: int, count: int = 1) -> None:
    here = runtime(url, broker)
    workflow = chain_of(length)
    for _ in range(count):
        await here.start(workflow, {})
    await asyncio.sleep(0.2)


def main() -> None:
    with running_postgres(durable=True) as postgres, running_redis() as redis:
        url, broker = postgres.url, redis.url
        asyncio.run(_make_tables(url))
        plain = measure_bare(broker)
        for name, in_a_row in (("as shipped", IN_A_ROW), ("a message each step", 1)):
            print(f"\nAuterity, {name}")
            own = measure_own(url, broker, in_a_row)
            for length in CHAINS:
                print(f"  chain of {length}: {own[length] / plain[length]:.2f} times bare Celery")
            print(f"  steps a second: {own[0] / plain[0]:.2f} of bare Celery", flush=True)


def measure_bare(broker: str) -> dict[int, float]:
    """The median hop by the chain's length, and steps a second under 0."""
    mark = bare(broker).tasks["bare.mark"]
    found = {}
    print("bare Celery")
    with workers("bare", broker) as marks:
        mark.delay("first", "0")
        marks.wait_for(1)
        for length in CHAINS:
            several = []
            for number in range(HOPS // length or 1):
                chain(*(mark.si(f"{length}-{number}", "s") for _ in range(length))).apply_async()
                several += marks.wait_for(length)
            found[length] = told(f"  chain of {length}", hops(several))
    for _ in range(MANY):
        mark.delay("many", "s")
    with workers("bare", broker) as marks:
        found[0] = rate(marks.wait_for(MANY))
    print(f"  {found[0]:.0f} steps/s", flush=True)
    return found


def measure_own(url: str, broker: str, in_a_row: int) -> dict[int, float]:
    """The same of ours."""
    found = {}
    with workers("ours", url, broker, str(in_a_row)) as marks:
        asyncio.run(begin(url, broker, 10))
        marks.wait_for(10)
        for length in CHAINS:
            several = []
            for _ in range(HOPS // length or 1):
                asyncio.run(begin(url, broker, length))
                several += marks.wait_for(length)
            found[length] = told(f"  chain of {length}", hops(several))
    asyncio.run(begin(url, broker, 10, MANY // 10))
    with workers("ours", url, broker, str(in_a_row)) as marks:
        found[0] = rate(marks.wait_for(MANY))
    print(f"  {found[0]:.0f} steps/s", flush=True)
    return found


async def _make_tables(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await database.close()


if __name__ == "__main__":
    main()
