"""The timers of the runs of one driver: which are due, and whether one is worth waiting for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from auterity_sdk.runs.commands import TimerDue
from auterity_sdk.runtime.live import Live
from auterity_sdk.runtime.ports import Clock

PATIENCE = 60_000
"""A pause of at most so many milliseconds is waited for, a longer one is left to a later resume."""


class Alarms(Struct, eq=False):
    """Tells the runs of `lives`, through `tell`, when a timer of theirs is due."""

    lives: Mapping[str, Live]
    clock: Clock
    tell: Callable[[Live, TimerDue], None]

    def ring(self) -> bool:
        """Tell the runs with a timer that is due; whether there were any."""
        now = self.clock.now()
        found = [live for live in self._set() if (live.state.due or 0) <= now]
        for live in found:
            self.tell(live, TimerDue(now))
        return bool(found)

    def next_at(self) -> int | None:
        """When the next timer is due."""
        times = (live.state.due for live in self._set())
        return min((time for time in times if time is not None), default=None)

    def is_soon(self, live: Live) -> bool:
        """Whether a pause between attempts or rounds of a run, or a short `wait`, is soon over."""
        return live.goes_on_by(self.clock.now() + PATIENCE)

    def _set(self) -> Iterable[Live]:
        return (live for live in self.lives.values() if live.state.alarms)
