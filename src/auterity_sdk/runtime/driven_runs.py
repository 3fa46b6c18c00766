"""The runs that a driver has: taken up, given back, or lost to another process."""

from __future__ import annotations

from msgspec import Struct

from auterity_sdk.errors import LeaseLost, VersionConflict
from auterity_sdk.runs.commands import DriverDied
from auterity_sdk.runtime.carrying import AttemptCarrier
from auterity_sdk.runtime.dispatch import Dispatcher
from auterity_sdk.runtime.lease_holder import LeaseHolder
from auterity_sdk.runtime.live import Live, open_run
from auterity_sdk.runtime.parts import Part
from auterity_sdk.runtime.plans import Plans
from auterity_sdk.runtime.ports import Clock, Store

SUSPECT = 2
"""Once so many processes died with an attempt, it runs in a process of its own."""


class DrivenRuns(Struct, eq=False):
    """Takes runs up for one driver, under leases of its `holder`: from then on they are in `lives`.

    What is to be done about one is for its `dispatcher`.
    """

    store: Store
    clock: Clock
    plans: Plans
    part: Part
    holder: LeaseHolder
    lives: dict[str, Live]
    dispatcher: Dispatcher
    carrier: AttemptCarrier | None

    async def take_up(self, run: str | Live, started: Live | None = None) -> Live:
        """Drive a run from now on: that of an id, or one that was begun just now under a lease of the holder.

        `started`, and what is raised: see `LeaseHolder.take`.
        """
        if isinstance(run, Live):
            self.lives[run.run_id], run.carrier = run, self.carrier
            return await self._begin(run)
        known = self.lives.get(run)
        if known is None:
            return await self._begin(await self._open(run, started))
        if known.state.over:
            # Its caller was given back meanwhile, and asks again.
            await self.dispatcher.look_after(known)
        return known

    async def take_up_carefully(self, run_id: str) -> bool:
        """See `Driver.take_up_carefully`."""
        live = await self._open(run_id)
        lost = [path for path, run in live.state.active.items() if run.lost >= SUSPECT]
        if any(self.part.makes(live.state, path) for path in lost):
            await self.give_back(live)
            return False
        await self._begin(live)
        return True

    async def _open(self, run_id: str, started: Live | None = None) -> Live:
        lease = await self.holder.take(run_id, started)
        try:
            live = await open_run(run_id, self.store, self.plans, lease, started, self.carrier)
            live.may_lack = self.part.may_lack_some
            if lease.orphaned:
                await self._driver_died(live)
        except BaseException:
            await self.holder.give_back(run_id)
            raise
        self.lives[run_id] = live
        return live

    async def _driver_died(self, live: Live) -> None:
        died: DriverDied | None = DriverDied(self.clock.now())
        if self.dispatcher.handing is not None:
            died = await self.dispatcher.handing.died(live)
        if died is not None:
            events, _ = await live.apply([died])
            self.dispatcher.tell(live, events)

    async def _begin(self, live: Live) -> Live:
        try:
            await self.dispatcher.carry_out(live, live.owed())
        except LeaseLost:
            self.drop(live.run_id)
            raise
        await self.dispatcher.look_after(live)
        return live

    async def give_back(self, live: Live) -> None:
        """Leave a run to whoever takes it up next."""
        self._forget(live.run_id)
        if live.state.over:
            # All was said by its last append. Only of one that was over when it was taken up the lease is still here.
            self.dispatcher.children.forget(live)
            await self.holder.give_back(live.run_id)
            return
        try:
            if await live.catch_up():
                # Others have appended meanwhile: whoever takes it up next looks at that.
                live.lease = None
            # Whoever has the code of a step type is told of it by the carrier.
            lacks = self.part.lacks(live.state) if self.carrier is None else ()
            await live.settle_summary(lacks)
            if await self.dispatcher.children.is_owed(live):
                await live.make_due(self.clock.now())
        except VersionConflict:
            return  # who was first has made the run due again
        finally:
            await self.holder.give_back(live.run_id)

    async def lose(self, live: Live, before: int) -> None:
        """Others have taken the run over; or they have brought it to its end, by which nobody has it: that is told here."""
        if not live.state.over:
            self.drop(live.run_id)
            return
        self.dispatcher.tell(live, await self.store.events(live.run_id, before))
        await self.dispatcher.look_after(live)

    def drop(self, run_id: str) -> None:
        """Another process drives the run by now: what happens here no longer counts."""
        self._forget(run_id)
        self.dispatcher.running.drop(run_id)

    def _forget(self, run_id: str) -> None:
        del self.lives[run_id]
        self.dispatcher.forget(run_id)
