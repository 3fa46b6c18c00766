"""What follows for a run from what was recorded of it: who is told, what is done, and whose turn it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from auterity_sdk.errors import VersionConflict
from auterity_sdk.runs.events import Event
from auterity_sdk.runs.orders import (
    CancelChild,
    LookUp,
    Order,
    RunAttempt,
    StartChild,
    StopAttempt,
    outstanding,
)
from auterity_sdk.runtime.cache import look_up
from auterity_sdk.runtime.carrying import AttemptCarrier
from auterity_sdk.runtime.children import Children
from auterity_sdk.runtime.handing import Handing
from auterity_sdk.runtime.live import Live
from auterity_sdk.runtime.offers import Offers
from auterity_sdk.runtime.parts import Part
from auterity_sdk.runtime.plans import Plans
from auterity_sdk.runtime.ports import Clock, Store
from auterity_sdk.runtime.running import Report, Running
from auterity_sdk.runtime.turns import Peer, Turns

_MADE_WHEN_NEEDED = frozenset({"turns", "children", "offers"})


class Dispatcher(Struct, eq=False, dict=True):
    """Sees to that for one driver, which has the runs of `lives`.

    Orders that are not for its `part` are left to others. What runs are to be told goes to `report`, and what was recorded
    of them to `tell`; `take_up` makes the driver have one more.
    """

    store: Store
    clock: Clock
    plans: Plans
    part: Part
    lives: Mapping[str, Live]
    running: Running
    peers: Sequence[Peer]
    carrier: AttemptCarrier | None
    take_up: Callable[[str], Awaitable[Live]]
    report: Report
    tell: Callable[[Live, Sequence[Event]], None]

    def __post_init__(self) -> None:
        self._does_all = self.part.is_whole and not self.part.may_lack_some
        self.handing: Handing | None = None
        if self.carrier is not None:
            self.handing = Handing(self.carrier, self.store, self.clock, self.report)

    # Made when they are needed: a short run asks for no turn, calls no other, and listens to nothing.

    @cached_property
    def turns(self) -> Turns:
        """Whose turn it is, of the runs of `lives`."""
        place = self.store, self.plans, self.clock, self.lives, self.peers
        return Turns(*place, self.report, self.part.turns_of)

    @cached_property
    def children(self) -> Children:
        """The runs that the runs of `lives` call."""
        place = self.store, self.plans, self.clock, self.lives
        return Children(*place, self.take_up, self.report, self.carrier)

    @cached_property
    def offers(self) -> Offers:
        """The outside events that wait for the runs of `lives`."""
        return Offers(self.store, self.clock, self.report)

    @property
    def is_as_new(self) -> bool:
        """Nothing is left of the runs that the driver had."""
        return self.__dict__.keys().isdisjoint(_MADE_WHEN_NEEDED)

    def forget(self, run_id: str) -> None:
        """The run is no longer driven here."""
        self.offers.forget(run_id)
        self.turns.forget(run_id)

    async def follow_up(self, live: Live, events: Sequence[Event], orders: Sequence[Order]) -> None:
        """See to all that follows from an append of the driver's own. Raises `LeaseLost`."""
        self.tell(live, events)
        if orders or live.begun:
            await self.carry_out(live, orders, appended=True)
        await self.look_after(live)
        if live.plan.claims:
            await self.turns.pass_on(live)

    async def carry_out(
        self, live: Live, orders: Sequence[Order], *, appended: bool = False
    ) -> None:
        """Do what is to be done about a run; `appended`: its last append was the driver's own. Raises `LeaseLost`."""
        if self.handing is not None:
            orders = await self._hand_over(self.handing, live, orders, appended=appended)
        for order in orders:
            if not (self._does_all or self.part.has(live.state, order)):
                continue
            match order:
                case RunAttempt():
                    self.running.start(live, order)
                case StopAttempt():
                    self.running.stop(live, order)
                case StartChild():
                    await self.children.call(live, order)
                case CancelChild():
                    await self.children.cancel(live, order)
                case LookUp():
                    self.report(live, await look_up(self.store, order, self.clock.now()))

    async def _hand_over(
        self, handing: Handing, live: Live, orders: Sequence[Order], *, appended: bool
    ) -> Sequence[Order]:
        while True:
            try:
                return await handing.hand_over(live, orders, appended=appended)
            except VersionConflict:
                self.tell(live, await live.catch_up())
                orders = outstanding(live.state)

    async def look_after(self, live: Live) -> None:
        """Tell the caller of a run that has ended; look whether there is what another one waits for."""
        if not live.state.over:
            await self.look_for_awaited(live)
        elif live.state.parent_run:
            self.children.tell_caller(live)

    async def look_for_awaited(self, live: Live) -> None:
        """Look for what a run waits for: outside events that were kept, and its turns."""
        if live.state.listening:
            await self.offers.make(live)
        if live.state.asking:
            await self.turns.look(live)
