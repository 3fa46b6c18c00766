"""Steps that wait 100 ms, by 1, 2 and 4 worker processes on one PostgreSQL that has many runs; and pages of those.

    python benchmarks/bench_scale.py

There are 10,000 runs that wait and 100,000 that have ended. Each worker carries on 10 runs at once, so that it could do
100 such steps in a second; told is what they do together, and the 95th percentile of reading a page of runs, and of a
webhook's answer.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from statistics import quantiles
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

import psycopg

from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.ports import Store
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.model import Workflow, load
from auterity_server.run_store.postgres_run_stores import PostgresRunStores
from benchmarks.bench_chain import NoConnections
from tests.server.run_store.stores_in_postgres import make_tables
from tests.server.triggers import webhook_times
from tests.services.postgres import running_postgres

WAITING, ENDED = 10_000, 100_000
AT_ONCE, LENGTH, RUNS = 10, 5, 80
"""Of a worker: runs at once, steps of each, and runs for each worker."""
ENVIRONMENT = "env_scale"
PAGES = 200


@step
async def wait_a_little() -> None:
    """What most steps do: wait for somebody else."""
    await asyncio.sleep(0.1)


def workflow() -> Workflow:
    steps = [f"  s{n}: {{uses: wait_a_little, needs: [s{n - 1}]}}\n" for n in range(1, LENGTH)]
    text = f"auterity: 1\nname: scale\nsteps:\n  s0: {{uses: wait_a_little}}\n{''.join(steps)}"
    return load(load_document(text, file="scale.yaml").data)


def runtime(stores: PostgresRunStores) -> LocalRuntime:
    world = World(Registry().extended([wait_a_little]), NoConnections())
    made = LocalRuntime(world, stores.of(ENVIRONMENT))
    stores.watch(ENVIRONMENT, wrote=made.look_for_runs, deployed=lambda: None)
    return made


async def work(url: str) -> None:
    """What a worker process does, until it is ended."""
    stores = PostgresRunStores(url)
    await Worker(runtime(stores), most=AT_ONCE).work(asyncio.Event())


def fill(dsn: str) -> None:
    """The many runs, as they stand when nothing happens to them."""
    rows = """SELECT %(env)s, 'old' || lpad(n::text, 9, '0'), 'old', 'v', CASE WHEN n <= %(waiting)s THEN 'waiting'
        WHEN n %% 10 = 0 THEN 'failed' ELSE 'succeeded' END, n, CASE WHEN n > %(waiting)s THEN n + 5 END,
        CASE WHEN n <= %(waiting)s THEN 9000000000000 + n END, '', '', '[]', 0, 0
        FROM generate_series(1, %(all)s) AS n"""
    values = {"env": ENVIRONMENT, "waiting": WAITING, "all": WAITING + ENDED}
    with psycopg.connect(dsn) as connection:
        connection.execute(
            "INSERT INTO runs (environment_id, run_id, workflow, version, status, started_at, ended_at, due,"
            " parent_run, parent, listens, breaches, priority) " + rows,
            values,
        )
        connection.execute(
            "INSERT INTO run_heads (environment_id, run_id, length)"
            " SELECT environment_id, run_id, 1 FROM runs"
        )
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


async def reads(store: Store) -> None:
    """Pages of runs and looks for what is due."""
    kinds: dict[str, Callable[[int], Awaitable[object]]] = {
        "a page of runs": lambda n: store.runs(limit=50, before=(n * 500, "z")),
        "a page of those that failed": lambda n: store.runs(
            statuses=["failed"], limit=50, before=(n * 500, "z")
        ),
        "a page of a workflow's": lambda n: store.runs(
            workflow="old", statuses=["waiting"], limit=50, before=(n * 500, "z")
        ),
        "what is due": lambda n: store.due(n, 100),
    }
    for name, read in kinds.items():
        took = []
        for number in range(1, PAGES + 1):
            begun = perf_counter()
            await read(number)
            took.append((perf_counter() - begun) * 1000)
        print(f"{name}: p95 {quantiles(took, n=20)[-1]:.1f} ms")


async def steps_a_second(url: str, count: int) -> float:
    """What so many workers do in a second."""
    stores = PostgresRunStores(url)
    here = runtime(stores)
    command = [sys.executable, __file__, "worker", url]
    workers = [subprocess.Popen(command) for _ in range(count)]  # noqa: ASYNC220
    try:
        # Each has begun once it has ended runs: the measured ones come behind.
        await ended(here, [await here.start(workflow(), {}) for _ in range(4 * AT_ONCE)])
        await asyncio.sleep(1)
        begun = perf_counter()
        runs = await asyncio.gather(*(here.start(workflow(), {}) for _ in range(RUNS * count)))
        await ended(here, runs)
        return len(runs) * LENGTH / (perf_counter() - begun)
    finally:
        for each in workers:
            each.kill()
            each.wait()
        await stores.close()


async def ended(here: LocalRuntime, runs: Sequence[str]) -> None:
    left = {*runs}
    while left:
        await asyncio.sleep(0.2)
        found = await here.store.runs(workflow="scale", statuses=["succeeded"], limit=len(runs) * 2)
        left -= {run.run_id for run in found}


async def measure(url: str) -> None:
    await reads(PostgresRunStores(url).of(ENVIRONMENT))
    found = {count: await steps_a_second(url, count) for count in (1, 2, 4)}
    for count, rate in found.items():
        print(f"{count} workers: {rate:.0f} steps/s, {rate / found[1]:.2f} x")


def main() -> None:
    """Measure on a server of one's own."""
    with running_postgres(durable=True) as own:
        asyncio.run(make_tables(own.url))
        fill(own.dsn_of())
        asyncio.run(measure(own.url))
        print("a webhook there: ", end="", flush=True)
        webhook_times.measure(AUTERITY_DATABASE_URL=own.url)


if __name__ == "__main__":
    if sys.argv[1:2] == ["worker"]:
        asyncio.run(work(sys.argv[2]))
    else:
        main()
