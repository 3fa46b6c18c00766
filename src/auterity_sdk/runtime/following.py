"""A run followed while whatever process carries it on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from msgspec import Struct, field

from auterity_sdk.runs.events import (
    AttemptEnded,
    AttemptLost,
    Event,
    RunEnded,
    StepEnded,
    StepStarted,
)
from auterity_sdk.runtime.inspection import Looking
from auterity_sdk.runtime.live_text import Shown, TextPart, text_kept
from auterity_sdk.runtime.local import LocalRuntime

PAUSE = 0.25
"""Seconds between two looks at the journal."""

Seen = tuple[int, Event] | TextPart
"""An event with its number, or a part of what a step writes."""


async def follow(
    runtime: LocalRuntime, run_id: str, *, reveal: bool = False, pause: float = PAUSE
) -> AsyncIterator[Seen]:
    """The events of a run with their numbers, from 1: those that there are, then each that comes, to the run's end.

    Between them comes what its steps write, while they do, as far as the process tells that carries the run on
    (`LocalRuntime.keeps_text`). Nothing is carried on by this. Personal data is masked, unless `reveal`. Raises
    `RunNotFound`.
    """
    looking = Looking(runtime, run_id, reveal)
    reading = Reading(looking)
    seq = 0
    while True:
        for event in await runtime.store.events(run_id, seq):
            seq += 1
            shown = await looking.at(event)
            for part in await reading.saw(event):
                yield part
            yield seq, shown
            if isinstance(event, RunEnded):
                return
        for step in tuple(reading.steps):
            for part in await reading.look(step):
                yield part
        await asyncio.sleep(pause)


class Reading(Struct):
    """Reads what the steps of one run write, from the store. `steps` are those that run."""

    looking: Looking
    steps: dict[str, Shown] = field(default_factory=dict)
    _stale: dict[str, str] = field(default_factory=dict)

    async def saw(self, event: Event) -> list[TextPart]:
        """An event has come: a step begins to write, or what it wrote is whole, or void."""
        match event:
            case StepStarted():
                self.steps[event.step] = Shown(event.step, self.looking.written)
            case AttemptEnded() | AttemptLost() if event.step in self.steps:
                self._stale[event.step] = await self._kept(event.step)
                return list(self.steps[event.step].more(""))
            case StepEnded() if event.step in self.steps:
                parts = await self.look(event.step, over=True)
                del self.steps[event.step]
                return parts
            case _:
                pass
        return []

    async def look(self, step: str, *, over: bool = False) -> list[TextPart]:
        """What a step has written since; nothing of an attempt that failed."""
        text = await self._kept(step)
        if text == self._stale.get(step) or (over and not text):
            return []  # the end of a run takes with it what was kept of its steps
        self._stale.pop(step, None)
        return list(self.steps[step].more(text, over=over))

    async def _kept(self, step: str) -> str:
        return await text_kept(self.looking.runtime.store, self.looking.run_id, step)
