"""The heartbeats of one attempt: it lives as long as they come, and what they tell outlives it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

from pydantic_core import to_jsonable_python

from auterity_sdk.errors import LeaseLost, StepError, StoreError
from auterity_sdk.runs.failure import HEARTBEAT_ERROR
from auterity_sdk.runs.orders import RunAttempt
from auterity_sdk.runtime.live import Live
from auterity_sdk.runtime.ports import Heartbeats

T = TypeVar("T")
Keep = Callable[[Any], Awaitable[None]]

KEPT_EVERY = 1.0
"""Details are made durable at most once in so many seconds, the first at once."""


class Heart:
    """Watches one attempt. `limit` is in seconds; `earlier` are the details of the attempt before.

    Implements `steps.context.Pulse`.
    """

    def __init__(self, limit: float, keep: Keep, earlier: Any = None) -> None:
        self.earlier = earlier
        self._limit = limit
        self._keep = keep
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._bound: asyncio.Timeout | None = None
        self._details: Any = None
        self._is_new = False
        self._keeping: asyncio.Task[None] | None = None
        self._over = False

    def beat(self, details: Any) -> None:
        """The attempt lives; from its own thread, or from the loop's. Raises `StepError` once it was told to stop."""
        if self._over:
            raise StepError("the attempt was told to stop", type=HEARTBEAT_ERROR, retryable=True)
        plain = None if details is None else to_jsonable_python(details)
        if threading.get_ident() == self._thread:
            self._beaten(plain)
        else:
            self._loop.call_soon_threadsafe(self._beaten, plain)

    def _beaten(self, details: Any) -> None:
        if self._over or self._bound is None:
            return
        if self._bound.when() is not None and not self._bound.expired():
            self._bound.reschedule(self._loop.time() + self._limit)
        if details is not None:
            self._details, self._is_new = details, True
            if self._keeping is None:
                self._keeping = self._loop.create_task(self._keep_on())

    async def _keep_on(self) -> None:
        while self._is_new:
            await self._keep_now()
            await asyncio.sleep(KEPT_EVERY)
        self._keeping = None

    async def _keep_now(self) -> None:
        self._is_new = False
        try:
            await self._keep(self._details)
        except (LeaseLost, StoreError):
            return  # the next ones may be kept, and the attempt goes on
        except asyncio.CancelledError:
            self._is_new = True  # whether they were kept is unknown: the attempt's end does it
            raise

    async def watch(self, work: Awaitable[T]) -> T:
        """The result of the attempt. Raises `StepError` of type `heartbeat` where it was silent for too long."""
        answered = False
        try:
            async with asyncio.timeout(self._limit) as bound:
                self._bound = bound
                found = await work
                answered = True
                return found
        except TimeoutError:
            if not bound.expired():
                raise
            raise StepError(
                f"the attempt gave no heartbeat for {self._limit:g} s",
                type=HEARTBEAT_ERROR,
                retryable=True,
            ) from None
        finally:
            self._over = True
            await self._stop(answered=answered)

    async def _stop(self, *, answered: bool) -> None:
        """The last details are kept for the next attempt; where this one has answered, there is none."""
        if self._keeping is not None:
            self._keeping.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeping
        if self._is_new and not answered:
            await self._keep_now()


async def heart_of(live: Live, order: RunAttempt, store: Heartbeats, limit: int) -> Heart:
    """The heart of an attempt that may be silent for `limit` milliseconds."""

    async def keep(details: Any) -> None:
        await store.beat(live.run_id, order.step, details, live.lease)

    return Heart(limit / 1000, keep, await store.last_beat(live.run_id, order.step))
