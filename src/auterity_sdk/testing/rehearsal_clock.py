"""The clock of a rehearsal: it goes to the next thing that is due, be it a timer, a step's end or a person's answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from heapq import heappop, heappush
from itertools import count

from auterity_sdk.testing.virtual_clock import VirtualClock

Attempt = tuple[str, str, int]
"""An attempt: its run, the step's path, and its number."""

Action = Callable[[], Awaitable[None]]


class NothingDue(BaseException):
    """Nothing is left that happens by itself before the time to which the rehearsal goes.

    No `Exception`, which an attempt that lets time pass would take for its own failure.
    """


class RehearsalClock(VirtualClock):
    """Moves when all attempts have ended or only let time pass, but never beyond `horizon`.

    `busy` are attempts that do real work, until their end is recorded; `driving` is the task that drives the run.
    """

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.horizon: int | None = None
        self.busy: set[Attempt] = set()
        self.driving: asyncio.Task[object] | None = None
        self._agenda: list[tuple[int, int, Action]] = []
        self._sleepers: list[tuple[int, int, asyncio.Event]] = []
        self._order = count()

    def at_time(self, at: int, action: Action) -> None:
        """Something that happens then, in the order of asking where the time is the same."""
        heappush(self._agenda, (max(at, self.at), next(self._order), action))

    async def pause(
        self,
        until: int | None,
        wake: asyncio.Event,
        *,
        idle: bool,
        changed: Callable[[], bool] | None = None,  # noqa: ARG002 - nobody else does anything
    ) -> None:
        """See `Clock.pause`. Raises `NothingDue` where nobody would ever wake it before the horizon."""
        await asyncio.sleep(0)  # attempts that were just started begin
        if wake.is_set():
            return
        if not idle and self.busy:
            await wake.wait()
            return
        await self._go_on(until)

    async def sleep(self, until: int) -> None:
        """Let time pass in an attempt."""
        if asyncio.current_task() is self.driving:
            # The driver runs this attempt itself, since nothing else can happen but what is on the agenda.
            while self.at < until:
                await self._go_on(until)
            return
        while self.at < until:
            reached = asyncio.Event()
            heappush(self._sleepers, (until, next(self._order), reached))
            await reached.wait()

    async def _go_on(self, until: int | None) -> None:
        """To the next thing that is due, and do it."""
        dues = [queue[0][0] for queue in (self._agenda, self._sleepers) if queue]
        due = min(dues if until is None else [*dues, until], default=None)
        if due is None or (self.horizon is not None and due > self.horizon):
            raise NothingDue
        self.at = max(self.at, due)
        while self._sleepers and self._sleepers[0][0] <= self.at:
            heappop(self._sleepers)[2].set()
        if self._agenda and self._agenda[0][0] <= self.at:
            await heappop(self._agenda)[2]()
        await asyncio.sleep(0)

    def forget_attempts(self) -> None:
        """Of a drive that was broken off."""
        self._sleepers.clear()
        self.busy.clear()
