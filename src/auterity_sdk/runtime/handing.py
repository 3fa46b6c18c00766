"""What a driver does about the attempts of its runs that are carried out elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from auterity_sdk.runs.commands import AttemptStopped, Command, DriverDied
from auterity_sdk.runs.orders import Order, RunAttempt, StopAttempt
from auterity_sdk.runs.state import RUNNING
from auterity_sdk.runtime.carried import begun_by
from auterity_sdk.runtime.carrying import AttemptCarrier, Begun
from auterity_sdk.runtime.live import Live
from auterity_sdk.runtime.ports import Claims, Clock, Store


class Handing(Struct, eq=False):
    """Hands attempts to their carrier, and takes them back. What it hears of them goes to `tell`."""

    carrier: AttemptCarrier
    store: Store
    clock: Clock
    tell: Callable[[Live, Command], None]

    async def hand_over(
        self, live: Live, orders: Sequence[Order], *, appended: bool
    ) -> list[Order]:
        """See to the orders about attempts; gives the others. `appended`: the last append of the run has begun them.

        Raises `LeaseLost` and `VersionConflict` where others were first.
        """
        if not appended:
            live.begun = [*live.begun, *await self._enter(live, orders)]
        if live.begun:
            self.carrier.send(live.run_id, live.begun)
            live.begun = ()
        for order in orders:
            if isinstance(order, StopAttempt) and order.attempt:
                await self._stop(live, order)
        return [order for order in orders if not isinstance(order, RunAttempt | StopAttempt)]

    async def _enter(self, live: Live, orders: Sequence[Order]) -> list[Begun]:
        """Enter attempts that began where nobody carries them; gives those."""
        begun = begun_by(live.state, (), orders, self.carrier)
        if not begun:
            return []
        lines = await self.store.attempts(run_id=live.run_id)
        known = {(each.step, each.attempt) for each in lines}
        missing = [each for each in begun if (each.step, each.attempt) not in known]
        if missing:
            place = live.run_id, live.state.seq
            await self.store.append(*place, (), lease=live.lease, claims=Claims(begun=missing))
        return missing

    async def _stop(self, live: Live, order: StopAttempt) -> None:
        withdrawn = await self.store.withdraw_attempt(live.run_id, order.step, order.attempt)
        if withdrawn is False:
            return  # who has it tells
        lost = order.lost and withdrawn is None
        stopped = AttemptStopped(self.clock.now(), order.step, order.attempt, lost)
        self.tell(live, stopped)

    async def died(self, live: Live) -> DriverDied | None:
        """Who drove the run is gone: what is lost by that are attempts that nobody else carries out."""
        elsewhere = {each.step for each in await self.store.attempts(run_id=live.run_id)}
        while await live.catch_up():
            # What was appended meanwhile may have begun some of these.
            elsewhere = {each.step for each in await self.store.attempts(run_id=live.run_id)}
        running = {path for path, run in live.state.active.items() if run.status is RUNNING}
        lost = frozenset(running - elsewhere)
        return DriverDied(self.clock.now(), lost) if lost else None
