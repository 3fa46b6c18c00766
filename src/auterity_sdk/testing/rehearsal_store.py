"""The store of a rehearsal: tells of each event, and can unload the run after it, as a crash would."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from auterity_sdk.errors import UsageError
from auterity_sdk.runs.events import (
    AttemptEnded,
    AttemptStopping,
    CompensationEnded,
    Event,
    StepEnded,
    StepStopping,
)
from auterity_sdk.runs.journal import from_line, to_line
from auterity_sdk.runtime.stores.memory import MemoryStore

MOST_EVENTS = 200_000
"""A rehearsal of more events does not come to rest."""

Told = Callable[[str, Sequence[Event]], None]


class Unloaded(BaseException):
    """The run was dropped from memory, once its last events were recorded. No `Exception`, which steps may catch."""


class RehearsalStore(MemoryStore):
    """Keeps runs in memory. With `unloads`, each append is followed by `Unloaded`.

    Not while a step is told to stop: whoever loads the run again could not know how far it came.
    """

    def __init__(self, told: Told, *, unloads: bool = False) -> None:
        super().__init__()
        self._told = told
        self.unloading = False
        """The attempts that run are dropped with the run, and not told to stop."""
        self._unloads = unloads
        self._stopping: set[tuple[str, str]] = set()
        self._events = 0

    async def append(
        self, run_id: str, expected: int, events: Sequence[Event], *rest: Any, **more: Any
    ) -> None:
        """See `Journal.append`."""
        await super().append(run_id, expected, events, *rest, **more)
        self._events += len(events)
        if self._events > MOST_EVENTS:
            raise UsageError(
                f"the run does not come to rest: {MOST_EVENTS:,} events",
                help="look for a `repeat` whose condition never holds",
            )
        self._told(run_id, events)
        for event in events:
            if isinstance(event, StepStopping | AttemptStopping):
                self._stopping.add((run_id, event.step))
            elif isinstance(event, StepEnded | AttemptEnded | CompensationEnded):
                self._stopping.discard((run_id, event.step))
        if self._unloads and not self._stopping:
            self.unloading = True
            raise Unloaded

    async def events(self, run_id: str, after: int = 0) -> list[Event]:
        """See `Journal.events`. What is unloaded comes back as it would from a file."""
        found = await super().events(run_id, after)
        return [from_line(to_line(event)) for event in found] if self._unloads else found

    def journal(self, run_id: str) -> list[Event]:
        """What is recorded of a run."""
        return self._journals.get(run_id, [])

    def run_ids(self) -> list[str]:
        """The runs, those that called others before them."""
        return list(self._journals)
