"""The attempts that run in this process: as tasks, or alone in the driver's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from msgspec import Struct, field

from auterity_sdk.runs.commands import AttemptStopped, Command
from auterity_sdk.runs.orders import RunAttempt, StopAttempt
from auterity_sdk.runtime.attempt import World, execute
from auterity_sdk.runtime.heartbeat import heart_of
from auterity_sdk.runtime.leaving import Ran
from auterity_sdk.runtime.live import Live
from auterity_sdk.runtime.ports import Clock, Heartbeats

Report = Callable[[Live, Command], None]
"""Takes what an attempt brought."""


class Attempt(Struct, eq=False):
    """A task that runs an attempt; a thread behind it cannot be stopped."""

    task: asyncio.Task[None]
    number: int
    stoppable: bool


class Running(Struct, eq=False):
    """Starts and stops attempts. `attempts` are those with a task, by run and step."""

    world: World
    clock: Clock
    report: Report
    beats: Heartbeats
    attempts: dict[tuple[str, str], Attempt] = field(default_factory=dict)
    _alone: asyncio.Task[None] | None = None
    _stoppable: dict[str, bool] = field(default_factory=dict)

    async def alone(self, live: Live, order: RunAttempt) -> None:
        """Run an attempt in the caller's task, which saves making one."""
        self._alone = asyncio.current_task()
        try:
            # Not in a coroutine of its own, which each attempt would pay for.
            silence = order.work.retry.heartbeat
            heart = None if silence is None else await heart_of(live, order, self.beats, silence)
            command: Command = await execute(
                self.world, live.run_id, live.plan.name, order, self.clock.now, heart
            )
        except asyncio.CancelledError:
            if self._alone is not None:
                self.report(live, self._stopped(order, lost=True))
                raise
            command = self._stopped(order)
        task, self._alone = self._alone, None
        if task is None and _still_cancelled():
            raise asyncio.CancelledError
        self.report(live, command)

    def start(self, live: Live, order: RunAttempt) -> None:
        """Run an attempt in a task, unless it runs already."""
        key = (live.run_id, order.step)
        known = self.attempts.get(key)
        if known is not None and known.number == order.attempt:
            return
        task = asyncio.create_task(self._run(live, order))
        self.attempts[key] = Attempt(task, order.attempt, self.is_stoppable(order))

    def is_stoppable(self, order: RunAttempt) -> bool:
        """Whether an attempt can be told to stop: a thread cannot."""
        uses = order.work.uses
        known = self._stoppable.get(uses)
        if known is None:
            step_type = self.world.registry.step_type(uses)
            known = self._stoppable[uses] = step_type is None or step_type.is_async
        return known

    def stop(self, live: Live, order: StopAttempt) -> None:
        """Tell an attempt to stop. One that nobody runs is reported as lost."""
        key = (live.run_id, order.step)
        known = self.attempts.get(key)
        if known is not None:
            if not order.attempt:
                del self.attempts[key]
            if known.stoppable and known.task.cancel():
                known.task.add_done_callback(partial(self._never_began, live, order))
        elif self._alone is not None:
            task, self._alone = self._alone, None
            task.cancel()
        elif order.lost:
            self.report(live, self._stopped(order, lost=True))

    def drop(self, run_id: str) -> None:
        """Stop all of a run that is driven elsewhere by now."""
        for key in [key for key in self.attempts if key[0] == run_id]:
            self.attempts.pop(key).task.cancel()

    async def close(self) -> Ran:
        """Stop all, and tell which: whoever drives their runs next finds them outstanding."""
        found = tuple(self.attempts.items())
        self.attempts.clear()
        for _, attempt in found:
            attempt.task.cancel()
        await asyncio.gather(*(attempt.task for _, attempt in found), return_exceptions=True)
        # A task that had begun answers, also that it was stopped; one that had not is cancelled itself.
        return [(*key, each.number) for key, each in found if not each.task.cancelled()]

    async def _run(self, live: Live, order: RunAttempt) -> None:
        try:
            silence = order.work.retry.heartbeat
            heart = None if silence is None else await heart_of(live, order, self.beats, silence)
            command: Command = await execute(
                self.world, live.run_id, live.plan.name, order, self.clock.now, heart
            )
        except asyncio.CancelledError:
            command = self._stopped(order)
        key = (live.run_id, order.step)
        known = self.attempts.get(key)
        if known is not None and known.number == order.attempt:
            del self.attempts[key]
        self.report(live, command)

    def _never_began(self, live: Live, order: StopAttempt, task: asyncio.Task[None]) -> None:
        """Tell of an attempt that was stopped before its task had begun: such a task runs none of its code."""
        key = (live.run_id, order.step)
        known = self.attempts.get(key)
        if task.cancelled() and known is not None and known.task is task:
            del self.attempts[key]
            self.report(live, self._stopped(order))

    def _stopped(self, order: RunAttempt | StopAttempt, *, lost: bool = False) -> AttemptStopped:
        return AttemptStopped(self.clock.now(), order.step, order.attempt, lost)


def _still_cancelled() -> bool:
    """Take back the cancellation by which `stop` stopped the attempt; whether others asked for one too."""
    task = asyncio.current_task()
    return task is not None and task.uncancel() > 0
