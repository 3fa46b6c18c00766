"""Other processes on the same store: what they write is noticed, and taken in now and then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from msgspec import Struct

from auterity_sdk.runtime.children import Children
from auterity_sdk.runtime.ports import Clock, Store
from auterity_sdk.runtime.turns import Turns

POLL = 250
"""All that other processes did is looked for after so many milliseconds at the latest."""


class Others(Struct, eq=False):
    """Looks at what others wrote for one driver, which takes it in by `take_in`."""

    store: Store
    clock: Clock
    turns: Turns
    children: Children
    take_in: Callable[[], Awaitable[None]]
    _changes: int = 0
    _noticed: bool = False
    _looked: int = 0

    def wrote(self) -> bool:
        """Whether another process has written to the store since this was asked last."""
        changes = self.store.changes()
        found, self._changes = changes != self._changes, changes
        self._noticed = self._noticed or found
        return found

    async def look(self) -> None:
        """Take in what others wrote: at once what other runs may wait for, all else where it is time."""
        if not self._noticed:
            await self.look_now_and_then()
            return
        # What was written may be that a turn is free, or a child run over; all else has time.
        self._noticed = False
        self.turns.passed_on = True
        await self.children.look_elsewhere()
        await self.turns.look_at_all()
        await self.look_now_and_then()

    async def look_now_and_then(self) -> None:
        """Take in what others did, where that was last done a while ago."""
        if self.clock.now() - self._looked >= POLL:
            await self._look_around()

    async def _look_around(self) -> None:
        self._looked = self.clock.now()
        await self.take_in()
