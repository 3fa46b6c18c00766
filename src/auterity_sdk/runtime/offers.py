"""Outside events that wait in the store, offered to the runs of one driver that listen for their type."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, field

from auterity_sdk.runs.commands import OutsideEvent
from auterity_sdk.runtime.live import Live
from auterity_sdk.runtime.ports import Clock, Store


class Offers(Struct, eq=False):
    """Offers each event once to each `receive` of a run, through `tell`: whether it matches is for the run to say."""

    store: Store
    clock: Clock
    tell: Callable[[Live, OutsideEvent], None]
    _made: dict[str, set[tuple[str, str]]] = field(default_factory=dict)

    async def make(self, live: Live) -> None:
        """Offer a run that listens what waits and has not been offered to all that listens in it."""
        paths = tuple(live.state.listening)
        for event in await self.store.waiting(tuple(set(live.state.listening.values()))):
            if not event.lives(self.clock.now()):
                continue
            keys = {(event.id, path) for path in paths}
            made = self._made.setdefault(live.run_id, set())
            if not keys <= made:
                made |= keys
                at = self.clock.now()
                self.tell(live, OutsideEvent(at, event.id, event.type, event.data, event.came))

    def forget(self, run_id: str) -> None:
        """The run is no longer driven here."""
        self._made.pop(run_id, None)
