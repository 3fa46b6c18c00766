"""Child runs of `call`: how they are named, started, and answer."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping

from msgspec import Struct, field

from auterity_sdk.errors import AuterityError, RunHeld
from auterity_sdk.runs.commands import (
    AttemptFailed,
    AttemptStopped,
    Cancel,
    ChildEnded,
    Command,
    Start,
)
from auterity_sdk.runs.decision import failure_of
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.locks import is_called_locked
from auterity_sdk.runs.orders import CancelChild, StartChild, outstanding
from auterity_sdk.runs.state import RunState
from auterity_sdk.runtime.carrying import AttemptCarrier
from auterity_sdk.runtime.live import Live, open_run
from auterity_sdk.runtime.plans import Plans
from auterity_sdk.runtime.ports import Clock, Store


class Children(Struct, eq=False):
    """The child runs of the runs of one driver: started or cancelled, and their callers told once they have ended.

    `lives` are the runs that it has, `take_up` makes it have one more, and `tell` reports to one of them. With a `carrier`,
    attempts of child runs go to it at once, and nobody has to drive those that go on by these alone.
    """

    store: Store
    plans: Plans
    clock: Clock
    lives: Mapping[str, Live]
    take_up: Callable[[str], Awaitable[Live]]
    tell: Callable[[Live, Command], None]
    carrier: AttemptCarrier | None = None
    _elsewhere: dict[str, Live] = field(default_factory=dict)
    """The callers of those that another process drives."""

    async def call(self, live: Live, order: StartChild) -> None:
        """Start a child run, unless it was started before, and drive it."""
        child = child_id(live.run_id, order.step, order.attempt)
        if await self.store.run(child) is None:
            try:
                begun = await self._begin(live.state, order, child)
            except AuterityError as error:
                self.tell(live, not_started(order, error, self.clock.now()))
                return
            if begun.known is not None and begun.known.carried:
                self._elsewhere[child] = live
                return
        try:
            await self.take_up(child)
        except RunHeld:
            self._elsewhere[child] = live

    async def _begin(self, caller: RunState, order: StartChild, child: str) -> Live:
        place = self.store, self.plans, self.clock
        begun = await begin_child(caller, order, child, *place, self.carrier)
        if self.carrier is not None and begun.begun:
            self.carrier.send(child, begun.begun)
        return begun

    async def cancel(self, live: Live, order: CancelChild) -> None:
        """Cancel a child run. One that was never started has been stopped by that."""
        child = child_id(live.run_id, order.step, order.attempt)
        if await self.store.run(child) is None:
            self.tell(live, AttemptStopped(self.clock.now(), order.step, order.attempt))
            return
        try:
            opened = await self.take_up(child)
        except RunHeld:
            self._elsewhere[child] = live
            opened = await open_run(child, self.store, self.plans)
            await opened.apply([_cancel(order, self.clock.now())])
            return
        if not opened.state.over:
            self.tell(opened, _cancel(order, self.clock.now()))

    def tell_caller(self, live: Live) -> None:
        """A run has ended: tell the one that called it, if the driver has that."""
        caller = self.lives.get(live.state.parent_run)
        if caller is not None:
            # By the child's end it was made due, which it is no longer once it knows.
            caller.known = None
            self.tell(caller, ended_child(live.state, self.clock.now()))

    async def look_elsewhere(self) -> None:
        """Tell the callers of runs that another process drove to their end."""
        for child, caller in tuple(self._elsewhere.items()):
            if await self._has_ended(child):
                del self._elsewhere[child]
                ended = await open_run(child, self.store, self.plans)
                self.tell(caller, ended_child(ended.state, self.clock.now()))

    async def is_owed(self, live: Live) -> bool:
        """Whether a child run has ended elsewhere of which the run was not told here, and will not be.

        By its end the run was made due, which its summary may just have been written over.
        """
        found = self.forget(live)
        found |= {
            child_id(live.run_id, order.step, order.attempt)
            for order in outstanding(live.state)
            if isinstance(order, StartChild | CancelChild)
        }
        return any([await self._has_ended(child) for child in found])

    def forget(self, live: Live) -> set[str]:
        """Look no more for the child runs of a run that other processes drive; gives them."""
        found = {child for child, caller in self._elsewhere.items() if caller is live}
        for child in found:
            del self._elsewhere[child]
        return found

    async def _has_ended(self, run_id: str) -> bool:
        summary = await self.store.run(run_id)
        return summary is not None and summary.ended_at is not None


def child_id(run_id: str, step: str, attempt: int) -> str:
    """The id of a child run: the same in every process, so that it is started once."""
    return hashlib.sha256(f"{run_id}\0{step}\0{attempt}".encode()).hexdigest()[:20]


async def begin_child(
    caller: RunState,
    order: StartChild,
    child: str,
    store: Store,
    plans: Plans,
    clock: Clock,
    carrier: AttemptCarrier | None = None,
) -> Live:
    """Start a child run. Raises an `AuterityError` where it cannot be."""
    plan = await plans.of_call(order.work.call)
    command = Start(
        at=clock.now(),
        input=plans.accepted(plan, order.arguments or {}),
        requester=caller.requester,
        parent_run=caller.run_id,
        parent=order.step,
        attempt=order.attempt,
        connections=caller.connections,
        locked=is_called_locked(caller, order.step),
        priority=caller.priority,
        fresh=caller.fresh,
    )
    pins = plans.pins(plan.version)
    begun = Live(child, plan, store, RunState(plan), pins=pins, carrier=carrier)
    await begun.apply([command])
    return begun


def ended_child(child: RunState, now: int) -> ChildEnded:
    """What the run that called is told of a child run that has ended."""
    return ChildEnded(
        at=now,
        step=child.parent,
        attempt=child.parent_attempt,
        status=child.status,
        end=child.end,
        output=child.output,
        error=child.error,
    )


def not_started(order: StartChild, error: AuterityError, now: int) -> AttemptFailed:
    """A child run that cannot be started."""
    failure: Failure = failure_of(error)
    return AttemptFailed(now, order.step, order.attempt, failure)


def _cancel(order: CancelChild, now: int) -> Cancel:
    return Cancel(now, after_step=order.after_step)
