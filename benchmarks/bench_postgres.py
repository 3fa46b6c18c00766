"""A durable chain of steps on PostgreSQL, beside one bare commit per step; and a row by the driver and by SQLAlchemy.

    python benchmarks/bench_postgres.py

On a server of its own that waits for the disk, as in production. Rounds are interleaved; the median of their ratios is told.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.steps.registry import Registry
from auterity_server.run_store.connections import Connections
from auterity_server.run_store.postgres_run_stores import PostgresRunStores
from benchmarks.bench_chain import NoConnections, chain, one
from tests.server.run_store.stores_in_postgres import make_tables
from tests.services.postgres import running_postgres

LENGTH = 300
ROUNDS = 5


async def chain_of_steps(stores: PostgresRunStores, number: int) -> float:
    """Seconds of a run in an environment that is empty."""
    store = stores.of(f"env_{number}")
    runtime = LocalRuntime(World(Registry().extended([one]), NoConnections()), store)
    run_id = await runtime.start(chain(LENGTH), {})
    begun = perf_counter()
    view = await runtime.drive(run_id)
    if view.status != "succeeded":
        raise SystemExit(f"the chain ended {view.status}")
    return perf_counter() - begun


async def chain_of_commits(connections: Connections) -> float:
    """Seconds of as many commits of one small row."""
    connection = await connections.one()
    await connection.execute(b"CREATE TABLE IF NOT EXISTS rows (number bigint, text text)")
    begun = perf_counter()
    for number in range(LENGTH):
        await connection.execute(b"INSERT INTO rows VALUES (%s, 'a step has ended')", (number,))
    took = perf_counter() - begun
    await connection.close()
    return took


async def rows_by_driver(stores: PostgresRunStores) -> float:
    """Seconds of reads of one row by the store's own connections."""
    store = stores.of("env_0")
    begun = perf_counter()
    for _ in range(LENGTH):
        await store.run("none")
    return perf_counter() - begun


async def rows_by_core(engine: AsyncEngine) -> float:
    """Seconds of the same by SQLAlchemy."""
    query = text("SELECT * FROM runs WHERE environment_id = 'env_0' AND run_id = :run")
    begun = perf_counter()
    for _ in range(LENGTH):
        async with engine.connect() as connection:
            (await connection.execute(query, {"run": "none"})).all()
    return perf_counter() - begun


async def measure(url: str) -> None:
    await make_tables(url)
    stores, connections = PostgresRunStores(url), Connections(url)
    engine = create_async_engine(url).execution_options(isolation_level="AUTOCOMMIT")
    steps, commits, driver, core = [], [], [], []
    for number in range(ROUNDS):
        commits.append(await chain_of_commits(connections))
        steps.append(await chain_of_steps(stores, number))
        driver.append(await rows_by_driver(stores))
        core.append(await rows_by_core(engine))
    for name, ones, others in (
        ("a durable step beside a bare commit", steps, commits),
        ("a row by SQLAlchemy beside the driver", core, driver),
    ):
        ratio = median(a / b for a, b in zip(ones, others, strict=True))
        first, second = (median(found) / LENGTH * 1e6 for found in (ones, others))
        print(f"{name}: {first:.0f} us, {second:.0f} us, ratio {ratio:.2f}")
    await stores.close()
    await engine.dispose()


def main() -> None:
    """Measure on a server of one's own."""
    with running_postgres(durable=True) as own:
        asyncio.run(measure(own.url))


if __name__ == "__main__":
    main()
