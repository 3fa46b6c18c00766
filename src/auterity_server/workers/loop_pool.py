"""A pool for Celery's worker that runs tasks in an event loop, side by side: most of them wait for others' answers."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from celery.concurrency.base import BasePool

_LOG = logging.getLogger("auterity.worker")

Work = Callable[..., Coroutine[Any, Any, None]]
"""Does what a task says, given the name of the task and its arguments."""


class LoopPool(BasePool):
    """Celery's consumer runs in the main thread, the tasks in the loop of another one.

    A task is acknowledged when it begins, as `task_acks_late = False` says; so many run at once as Celery's `concurrency`.
    `loop`, `work` and `drain` are given by a class that is derived for the process.
    """

    uses_semaphore = True
    signal_safe = False
    body_can_be_buffer = True
    loop: asyncio.AbstractEventLoop
    work: Work
    drain: Callable[[], Coroutine[Any, Any, None]]

    def on_start(self) -> None:
        """Make the pipe by which the loop wakes the consumer."""
        self._ended: deque[Callable[[], None]] = deque()
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(self._wake, False)

    def register_with_event_loop(self, hub: Any) -> None:
        """Let the consumer look when tasks have ended."""
        hub.add_reader(self._woken, self._look)

    def on_apply(
        self,
        target: Any,  # noqa: ARG002 - Celery's own tracer, which runs functions that wait for nothing
        args: Any = (),
        kwargs: Any = None,  # noqa: ARG002
        callback: Any = None,
        accept_callback: Any = None,
        **_: Any,
    ) -> None:
        """Begin a task: from the main thread."""
        if accept_callback is not None:
            accept_callback(os.getpid(), time.monotonic())
        given = json.loads(bytes(args[3]) if not isinstance(args[3], str) else args[3])[0]
        self.loop.call_soon_threadsafe(self._begin, [args[0], *given], callback)

    def _begin(self, given: list[Any], callback: Any) -> None:
        task = self.loop.create_task(self._run(given, callback))
        _RUNNING.add(task)
        task.add_done_callback(_RUNNING.discard)

    async def _run(self, given: list[Any], callback: Any) -> None:
        began = time.monotonic()
        try:
            await type(self).work(*given)
        except Exception as error:  # noqa: BLE001 - a sweep finds what was not done
            # The text of an error may quote a customer's data: only its type is logged.
            _LOG.error("a task was left: %s", type(error).__name__)
        took = time.monotonic() - began
        self._ended.append(lambda: self._has_ended(callback, took))
        with suppress(BlockingIOError, OSError):
            os.write(self._wake, b"x")

    def _has_ended(self, callback: Any, took: float) -> None:
        if callback is not None:
            callback((False, None, took))
        semaphore = self.options.get("semaphore")
        if semaphore is not None:
            semaphore.release()

    def _look(self, *_: Any) -> None:
        with suppress(BlockingIOError):
            os.read(self._woken, 65536)
        while self._ended:
            self._ended.popleft()()

    def on_stop(self) -> None:
        """Let what runs end, within the limit of the process."""
        drained = asyncio.run_coroutine_threadsafe(type(self).drain(), self.loop)
        drained.result()
        self._look()

    on_terminate = on_stop


_RUNNING: set[asyncio.Task[None]] = set()
