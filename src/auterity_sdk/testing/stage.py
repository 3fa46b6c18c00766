"""Where a rehearsed run plays: its scripts, its clock and its store, and who answers what it asks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter
from typing import Any

from auterity_sdk.runs.events import (
    AttemptEnded,
    CompensationEnded,
    CompensationStarted,
    Event,
    RunStarted,
    StepEnded,
    StepStarted,
    StepUncertain,
)
from auterity_sdk.steps.context import StepContext
from auterity_sdk.testing.rehearsal_clock import Attempt, RehearsalClock
from auterity_sdk.testing.rehearsal_store import RehearsalStore
from auterity_sdk.testing.scripts import Script, Scripts


class RehearsalStage:
    """Implements `scripted_steps.Stage`. `listeners` are told of each event once it is recorded."""

    def __init__(self, at: int, scripts: Scripts, *, unloads: bool) -> None:
        self.clock = RehearsalClock(at)
        self.store = RehearsalStore(self._recorded, unloads=unloads)
        self.scripts = scripts
        self.listeners: list[Callable[[str, Sequence[Event]], None]] = []
        self.recorded: list[tuple[str, Event]] = []
        """The events of all runs with the run of each, in the order in which they were recorded."""
        self.worked: dict[str, list[float]] = {}
        """How long each attempt's real work took, in seconds of the machine's own clock, by the step's path."""
        self._unloads = unloads
        self._calls: dict[Attempt, asyncio.Task[Any]] = {}
        self._ends: dict[Attempt, int] = {}
        self._callers: dict[str, tuple[str, str]] = {}

    def path(self, run_id: str, step: str) -> str:
        """The step's path from the outermost run on: `handoff/greet`."""
        while run_id in self._callers:
            run_id, caller = self._callers[run_id]
            step = f"{caller}/{step}"
        return step

    async def script(self, context: StepContext) -> Script | None:
        """The script of this attempt."""
        return self.scripts.of(self.path(context.run_id, context.step), context.attempt)

    async def limit(self, context: StepContext) -> int | None:
        """How long the attempt may take, as its start recorded it."""
        for event in reversed(self.store.journal(context.run_id)):
            if isinstance(event, StepStarted | CompensationStarted) and event.step == context.step:
                return event.limit
        return None

    async def act(self, context: StepContext, call: Callable[[], Awaitable[Any]]) -> Any:
        """Do the work of an attempt: once, even where the run is unloaded meanwhile."""
        key = _key(context)
        self.clock.busy.add(key)
        begun = perf_counter()
        try:
            if not self._unloads:
                return await call()
            if key not in self._calls:
                self._calls[key] = asyncio.ensure_future(call())
            return await self._shielded(self._calls[key])
        finally:
            path = self.path(context.run_id, context.step)
            self.worked.setdefault(path, []).append(perf_counter() - begun)

    async def _shielded(self, task: asyncio.Task[Any]) -> Any:
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not self.store.unloading:
                task.cancel()
            raise

    async def sleep(self, context: StepContext, length: int) -> None:
        """Let time pass, no longer than it was to be when the attempt first began."""
        await self.clock.sleep(self._ends.setdefault(_key(context), self.clock.now() + length))

    def forget_attempts(self) -> None:
        """At the end of an event loop: no attempt is running any more."""
        for task in self._calls.values():
            task.cancel()
        self._calls.clear()
        self.clock.forget_attempts()

    def _recorded(self, run_id: str, events: Sequence[Event]) -> None:
        self.recorded.extend((run_id, event) for event in events)
        for event in events:
            if isinstance(event, RunStarted) and event.parent_run:
                self._callers[run_id] = (event.parent_run, event.parent)
            if isinstance(event, StepEnded | AttemptEnded | CompensationEnded | StepUncertain):
                self._answered(run_id, event.step)
        for listener in self.listeners:
            listener(run_id, events)

    def _answered(self, run_id: str, step: str) -> None:
        """An attempt has ended, and that is recorded: until then no time may pass for it."""
        self.clock.busy = {key for key in self.clock.busy if key[:2] != (run_id, step)}
        for key in [key for key in self._calls if key[:2] == (run_id, step)]:
            self._calls.pop(key).cancel()


def _key(context: StepContext) -> Attempt:
    return context.run_id, context.step, context.attempt
