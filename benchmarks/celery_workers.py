"""The workers of `bench_celery`, as processes: ours, and bare Celery's. Each writes when its steps begin and end."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import IO

from celery import Celery

from auterity_sdk.connections.memory import MemoryConnections
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.attempt_worker import AttemptWorker
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import step
from auterity_server.database.database import Database
from auterity_server.database.places import Environment
from auterity_server.run_store.bound import EnvironmentDatabase
from auterity_server.run_store.connections import Connections
from auterity_server.run_store.notices import NoticeBoard
from auterity_server.run_store.postgres_store import PostgresStore
from auterity_server.running.broker import BUILT_IN, make_celery
from auterity_server.running.celery_carrier import CeleryCarriers
from auterity_server.settings import Settings
from auterity_server.workers.consuming import LoopThread, consume

_MARKS: list[IO[str]] = []


def mark(of: str, place: str) -> None:
    """A step that does nothing else."""
    if not _MARKS:
        _MARKS.append(open(os.environ["MARKS"] + f"/{os.getpid()}", "a", buffering=1))  # noqa: SIM115, PTH123
    now = time.time()
    _MARKS[0].write(f"{of} {place} {now} {time.time()}\n")


@step
async def marked(context: StepContext) -> None:
    """See `mark`."""
    mark(context.run_id, context.step)


def runtime(url: str, broker: str) -> LocalRuntime:
    """Runs of a database, whose steps workers carry out."""
    registry = Registry().extended([marked])
    connections = Connections(url)
    board = NoticeBoard(connections)
    store = PostgresStore(EnvironmentDatabase(connections, "bench"), board.of("bench"))
    app = make_celery(Settings(broker_url=broker))
    here = Environment("bench", "bench", None, "bench", protected=False, created_at=0)
    carrier = CeleryCarriers(app, broker, frozenset(registry.step_types), Database(url)).of(here)
    return LocalRuntime(World(registry, MemoryConnections()), store, carrier=carrier)


def work(url: str, broker: str, in_a_row: str) -> None:
    """One of our workers."""
    loop = LoopThread.start()

    async def begin() -> AttemptWorker:
        here = runtime(url, broker)
        assert here.carrier is not None  # noqa: S101 - made above
        made = AttemptWorker(here, here.carrier, in_a_row=int(in_a_row))
        tasks.append(asyncio.create_task(Worker(here).work(stop)))
        tasks.append(asyncio.create_task(made.watch(stop)))
        return made

    tasks: list[asyncio.Task[None]] = []
    stop = asyncio.Event()
    attempts = loop.do(begin()).result()

    async def carry_out(_: str, _environment: str, run_id: str, step: str, attempt: int) -> None:
        await attempts.carry_out(run_id, step, attempt)

    async def drain() -> None:
        await attempts.drain(5)

    consume(make_celery(Settings(broker_url=broker)), loop, [BUILT_IN], 50, carry_out, drain)


def bare(broker: str) -> Celery:
    """Celery alone, set as one would for speed."""
    app = Celery("bare", broker=broker, set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        task_default_queue="bare",
        broker_transport_options={"priority_steps": [0]},
    )
    app.task(name="bare.mark")(mark)
    return app


if __name__ == "__main__":
    if sys.argv[1] == "ours":
        work(*sys.argv[2:])
    else:
        told = [
            "--quiet",
            "worker",
            "-P",
            "solo",
            "--loglevel=ERROR",
            "--without-gossip",
            "--without-mingle",
        ]
        bare(sys.argv[2]).worker_main([*told, "--without-heartbeat", "-n", f"bare-{os.getpid()}"])
