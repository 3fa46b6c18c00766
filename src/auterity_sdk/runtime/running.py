"""The attempts that run in this process: as tasks, once they wait for something."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from msgspec import Struct, field

from auterity_sdk.runs.commands import AttemptFailed, AttemptStopped, AttemptSucceeded, Command
from auterity_sdk.runs.orders import RunAttempt, StopAttempt
from auterity_sdk.runtime.attempt import World, execute, failed
from auterity_sdk.runtime.eager import WAITS, Carrier
from auterity_sdk.runtime.heartbeat import Heart, heart_of
from auterity_sdk.runtime.leaving import Ran
from auterity_sdk.runtime.live import Live
from auterity_sdk.runtime.live_text import TextWatcher, Told, told
from auterity_sdk.runtime.ports import Clock, Heartbeats
from auterity_sdk.steps.step_type import StepType

Report = Callable[[Live, Command], None]
"""Takes what an attempt brought."""

InARow = Callable[[Live, RunAttempt, Carrier, "asyncio.Task[Any]"], Awaitable[None]]
"""Makes the only attempt that is ready, by a carrier, in the task that is running."""

Work = Coroutine[Any, Any, AttemptSucceeded | AttemptFailed]


class Attempt(Struct, eq=False):
    """An attempt that runs: its task, None before it has begun. A thread behind it cannot be stopped."""

    number: int
    task: asyncio.Task[None] | None = None
    stoppable: bool = True


class Running(Struct, eq=False):
    """Starts and stops attempts. `attempts` are those that run, by run and step.

    A step type that has never waited is begun by `begin`, without a task; another one gets a task at once. `without_task`
    is what is known of that, by name: drivers of a process may share it. What steps write is told to `text_watcher`, and
    kept for other processes where `keeps_text`.
    """

    world: World
    clock: Clock
    report: Report
    beats: Heartbeats
    text_watcher: TextWatcher | None = None
    keeps_text: bool = False
    without_task: dict[str, bool] = field(default_factory=dict)
    attempts: dict[tuple[str, str], Attempt] = field(default_factory=dict)
    _plain: dict[str, StepType[..., Any] | None] = field(default_factory=dict)
    _to_begin: deque[tuple[Live, RunAttempt, Attempt]] = field(default_factory=deque)
    _carrier: Carrier | None = None

    def start(self, live: Live, order: RunAttempt) -> None:
        """Run an attempt, unless it runs already."""
        key = (live.run_id, order.step)
        known = self.attempts.get(key)
        if known is not None and known.number == order.attempt:
            return
        attempt = self.attempts[key] = Attempt(order.attempt)
        if self.begins_without_task(order.work.uses):
            self._to_begin.append((live, order, attempt))
            return
        work = self.work(live, order)
        attempt.task = asyncio.create_task(self._run(live, order, work))
        attempt.stoppable = self.is_async(order.work.uses)

    async def begin(self, in_a_row: InARow, caller: asyncio.Task[Any] | None) -> bool:
        """Let the attempts that were started do what they do before they wait for something; whether there were any.

        The last one goes to `in_a_row`: while it is the only one that is ready, others may follow it at once. `caller` is the
        task that is running now.
        """
        began = bool(self._to_begin)
        while self._to_begin and caller is not None:
            carrier = self._carrier
            if carrier is None or carrier.is_taken():
                carrier = self._carrier = await self._next(carrier)
            live, order, attempt = self._to_begin.popleft()
            if self.attempts.get((live.run_id, order.step)) is not attempt:
                continue
            del self.attempts[live.run_id, order.step]
            if self._to_begin:
                command = self.first_part(live, order, carrier, caller)
                if command is not None:
                    self.report(live, command)
            else:
                await in_a_row(live, order, carrier, caller)
                break
        return began

    async def _next(self, last: Carrier | None) -> Carrier:
        """The last carrier once more, where that was released just now and nothing was given to it; else a new one."""
        if last is not None and last.stays():
            return last
        made = Carrier()
        await asyncio.sleep(0)
        return made

    def first_part(
        self,
        live: Live,
        order: RunAttempt,
        carrier: Carrier,
        caller: asyncio.Task[Any],
    ) -> Command | None:
        """What an attempt brings that ends before it waits. None: it waits, and is reported when it has ended.

        Until it waits nobody can ask for it.
        """
        work = order.work
        try:
            step_type = self._plain[work.uses]
        except KeyError:
            step_type = self._plain[work.uses] = self._plain_type(work.uses)
        is_bare = work.is_bare and order.limit is None and order.until is None
        if step_type is None or not is_bare:
            return self._first_part(live, order, carrier, caller)
        try:
            called = step_type.function(**step_type.bind(order.arguments or {}))
            returned = carrier.first_part(called, caller)
            if returned is not WAITS:
                outcome, output = step_type.result(returned)
                at = self.clock.now()
                return AttemptSucceeded(at, order.step, order.attempt, outcome, output)
        except asyncio.CancelledError:
            return self._stopped(order)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a step may raise anything
            return failed(self.world, order, error, self.clock.now())
        carrier.finish = partial(self._run_plainly, live, order, step_type)
        self._waits(live, order, carrier)
        return None

    def _plain_type(self, uses: str) -> StepType[..., Any] | None:
        """A step type whose function is given its arguments and awaited, and nothing else."""
        step_type = self.world.registry.step_type(uses)
        return step_type if step_type is not None and step_type.is_only_awaited else None

    def _first_part(
        self,
        live: Live,
        order: RunAttempt,
        carrier: Carrier,
        caller: asyncio.Task[Any],
    ) -> Command | None:
        try:
            command: Command = carrier.first_part(self.work(live, order), caller)
        except asyncio.CancelledError:
            return self._stopped(order)
        if command is not WAITS:
            return command
        carrier.finish = partial(self._run, live, order)
        self._waits(live, order, carrier)
        return None

    def _waits(self, live: Live, order: RunAttempt, carrier: Carrier) -> None:
        """An attempt that was begun without a task has come to wait: its carrier is its task now."""
        self.without_task[order.work.uses] = False
        self._carrier = None
        self.attempts[live.run_id, order.step] = Attempt(order.attempt, carrier.task)

    def begins_without_task(self, uses: str) -> bool:
        """Whether attempts of a step type begin without a task: it is async, and none of them has waited yet."""
        known = self.without_task.get(uses)
        if known is None:
            known = self.without_task[uses] = self.is_async(uses)
        return known

    def is_async(self, uses: str) -> bool:
        """Whether an attempt of a step type can be stopped: what runs in a thread cannot."""
        step_type = self.world.registry.step_type(uses)
        return step_type is None or step_type.is_async

    def stop(self, live: Live, order: StopAttempt) -> None:
        """Tell an attempt to stop. One that nobody runs is reported at once: it was lost, has ended, or never began."""
        key = (live.run_id, order.step)
        known = self.attempts.get(key)
        if known is None:
            if order.attempt:
                self.report(live, self._stopped(order, lost=order.lost))
            return
        if not order.attempt:
            del self.attempts[key]
        if known.task is None:
            self.attempts.pop(key, None)
            if order.attempt:
                self.report(live, self._stopped(order))
        elif known.stoppable and known.task.cancel():
            known.task.add_done_callback(partial(self._never_began, live, order))

    def drop(self, run_id: str) -> None:
        """Stop all of a run that is driven elsewhere by now."""
        for key in [key for key in self.attempts if key[0] == run_id]:
            _cancelled(self.attempts.pop(key))

    def rest(self) -> None:
        """Nothing begins for now."""
        self._to_begin.clear()
        if self._carrier is not None:
            self._carrier.release()

    async def stop_all(self) -> Ran:
        """Stop all, and tell which had begun: whoever drives their runs next finds them outstanding."""
        found = tuple(self.attempts.items())
        tasks = [_cancelled(attempt) for _, attempt in found]
        self.attempts.clear()
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)
        # A task that had begun answers, also that it was stopped; one that had not is cancelled itself.
        return [
            (*key, each.number)
            for key, each in found
            if each.task is not None and not each.task.cancelled()
        ]

    async def _run(self, live: Live, order: RunAttempt, work: Awaitable[Command]) -> None:
        try:
            command = await work
        except asyncio.CancelledError:
            command = self._stopped(order)
        key = (live.run_id, order.step)
        known = self.attempts.get(key)
        if known is not None and known.number == order.attempt:
            del self.attempts[key]
        self.report(live, command)

    async def _run_plainly(
        self,
        live: Live,
        order: RunAttempt,
        step_type: StepType[..., Any],
        returning: Awaitable[Any],
    ) -> None:
        async def work() -> Command:
            try:
                outcome, output = step_type.result(await returning)
                at = self.clock.now()
                return AttemptSucceeded(at, order.step, order.attempt, outcome, output)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a step may raise anything
                return failed(self.world, order, error, self.clock.now())

        await self._run(live, order, work())

    def work(self, live: Live, order: RunAttempt) -> Work:
        """What makes the attempt, and gives what it brought."""
        if order.work.retry.heartbeat is not None:
            return self._with_heart(live, order)
        return self._attempt(live, order, None)

    async def _with_heart(self, live: Live, order: RunAttempt) -> AttemptSucceeded | AttemptFailed:
        silence = order.work.retry.heartbeat
        heart = None if silence is None else await heart_of(live, order, self.beats, silence)
        return await self._attempt(live, order, heart)

    def _attempt(self, live: Live, order: RunAttempt, heart: Heart | None) -> Work:
        world, now = self.world, self.clock.now
        telling = self._telling(live, order)
        if telling is None:
            return execute(world, live.run_id, live.plan.name, order, now, heart)
        on_text = telling.hear
        return telling.of(execute(world, live.run_id, live.plan.name, order, now, heart, on_text))

    def _telling(self, live: Live, order: RunAttempt) -> Told | None:
        """Only a step that takes its context can write so that somebody reads along."""
        if self.text_watcher is None and not self.keeps_text:
            return None
        step_type = self.world.registry.step_type(order.work.uses)
        if step_type is None or not step_type.takes_context:
            return None
        return told(live, order.step, self.text_watcher, self.beats if self.keeps_text else None)

    def _never_began(self, live: Live, order: StopAttempt, task: asyncio.Task[None]) -> None:
        """Tell of an attempt that was stopped before its task had begun: such a task runs none of its code."""
        key = (live.run_id, order.step)
        known = self.attempts.get(key)
        if task.cancelled() and known is not None and known.task is task:
            del self.attempts[key]
            self.report(live, self._stopped(order))

    def _stopped(self, order: RunAttempt | StopAttempt, *, lost: bool = False) -> AttemptStopped:
        return AttemptStopped(self.clock.now(), order.step, order.attempt, lost)


def _cancelled(attempt: Attempt) -> asyncio.Task[None] | None:
    if attempt.task is not None:
        attempt.task.cancel()
    return attempt.task
