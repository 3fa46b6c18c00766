"""Other processes on the same store: what they write is noticed, and taken in now and then."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from auterity_sdk.errors import LeaseLost
from auterity_sdk.runs.orders import new_orders
from auterity_sdk.runtime.dispatch import Dispatcher
from auterity_sdk.runtime.lease_holder import LeaseHolder
from auterity_sdk.runtime.live import Live
from auterity_sdk.runtime.ports import Clock, Store

POLL = 250
"""All that other processes did is looked for after so many milliseconds at the latest."""


class Others(Struct, eq=False):
    """Takes in what others wrote for one driver, which has the runs of `lives`; `drop` makes it have one less."""

    store: Store
    clock: Clock
    holder: LeaseHolder
    lives: Mapping[str, Live]
    dispatcher: Dispatcher
    drop: Callable[[str], None]
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
        self.dispatcher.turns.passed_on = True
        await self.dispatcher.children.look_elsewhere()
        await self.dispatcher.turns.look_at_all()
        await self.look_now_and_then()

    async def look_now_and_then(self) -> None:
        """Take in what others did, where that was last done a while ago."""
        if self.clock.now() - self._looked >= POLL:
            await self._look_around()

    async def _look_around(self) -> None:
        self._looked = self.clock.now()
        if self.holder.has_old():
            await self.renew()
        await self.dispatcher.children.look_elsewhere()
        lives = tuple(self.lives.values())
        if not lives:
            return
        grown = await self.store.grown({live.run_id: live.state.seq for live in lives})
        for live in lives:
            if live.run_id in grown:
                await self._take_in(live)
            else:
                await self.dispatcher.look_for_awaited(live)

    async def renew(self) -> None:
        """Keep what is driven here; what another process has taken over meanwhile is its own now."""
        held = await self.holder.renew()
        for run_id in self.lives.keys() - held:
            live = self.lives[run_id]
            # A run that others have brought to its end has no lease any more, and is lost to nobody.
            await self._take_in(live)
            if run_id in self.lives and not live.state.over:
                self.drop(run_id)

    async def _take_in(self, live: Live) -> None:
        """What others have appended to a run."""
        events = await live.catch_up()
        if not events:
            await self.dispatcher.look_for_awaited(live)
            return
        self.dispatcher.tell(live, events)
        orders = new_orders(live.state, events, self.dispatcher.running.attempts)
        try:
            await self.dispatcher.carry_out(live, orders)
        except LeaseLost:
            self.drop(live.run_id)
            return
        await self.dispatcher.look_after(live)
