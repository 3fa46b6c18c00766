"""Celery's consumer in the main thread, and an event loop in another one, which does what the messages say."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from celery import Celery
from msgspec import Struct

from auterity_server.workers.loop_pool import LoopPool, Work

T = TypeVar("T")


class LoopThread(Struct, eq=False):
    """An event loop in a thread of its own."""

    loop: asyncio.AbstractEventLoop
    thread: threading.Thread

    @classmethod
    def start(cls) -> LoopThread:
        """One that runs."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="auterity-loop", daemon=True)
        thread.start()
        return cls(loop, thread)

    def do(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Do something there."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def stop(self) -> None:
        """End it."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(timeout=5)


def consume(
    app: Celery,
    loop: LoopThread,
    queues: Sequence[str],
    concurrency: int,
    work: Work,
    drain: Callable[[], Coroutine[Any, Any, None]],
) -> None:
    """Read messages of these queues, and let the loop do `work`, until a signal says stop; then `drain`, and come back."""
    parts = {"loop": loop.loop, "work": staticmethod(work), "drain": staticmethod(drain)}
    worker = app.Worker(
        hostname=f"auterity-{os.getpid()}@{socket.gethostname()}",
        pool_cls=type("ProcessPool", (LoopPool,), parts),
        concurrency=concurrency,
        queues=list(queues),
        loglevel="WARNING",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=not app.conf.worker_send_task_events,
    )
    with suppress(SystemExit):
        worker.start()
