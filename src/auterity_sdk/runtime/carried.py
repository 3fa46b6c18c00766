"""What a transition means for the attempts of a run that are carried out elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from auterity_sdk.runs.events import (
    AttemptEnded,
    AttemptLost,
    BudgetAsked,
    CompensationEnded,
    Event,
    StepEnded,
    StepUncertain,
)
from auterity_sdk.runs.orders import Order, RunAttempt, StopAttempt, outstanding
from auterity_sdk.runs.plan import Uses
from auterity_sdk.runs.state import RunState
from auterity_sdk.runtime.carrying import AttemptCarrier, Begun

_GOES_ON = ("running", "failing", "cancelling")


class Rested(Struct, frozen=True):
    """What a run waited for before a transition, and how it stood."""

    awaited: tuple[str, ...] = ()
    asking: frozenset[str] = frozenset()
    status: str = ""

    def goes_on(self, state: RunState, orders: Sequence[Order]) -> bool:
        """Whether it goes on by such attempts alone, so that no driver has to look at it."""
        return (
            state.standing in _GOES_ON
            and self.status in ("", "new", state.standing)
            and all(type(order) is RunAttempt for order in orders)
            and state.asking <= self.asking
            and awaited(state) == self.awaited
        )


def awaited(state: RunState) -> tuple[str, ...]:
    """The steps that wait for outside events, or for people."""
    if not (state.listening or state.approving):
        return ()
    return (*state.listening, *sorted(state.approving))


class Taker(Struct, frozen=True):
    """Who ended an attempt, and goes on with one that begins by that: until then, where its step type is one that it `has`."""

    owner: str
    until: int
    has: Callable[[str], bool]


def begun_by(
    state: RunState,
    events: Sequence[Event],
    orders: Sequence[Order],
    carrier: AttemptCarrier,
    taker: Taker | None = None,
) -> list[Begun]:
    """The attempts that begin with these events. The first is the `taker`'s, unless one was lost."""
    lost = any(type(event) is AttemptLost for event in events)
    begun = [
        Begun(order.step, order.attempt, carrier.queue_of(order.work.uses), state.at)
        for order in orders
        if type(order) is RunAttempt
    ]
    if taker is not None and begun and not lost:
        first = next(order for order in orders if type(order) is RunAttempt)
        if taker.has(first.work.uses):
            begun[0] = replace(begun[0], owner=taker.owner, until=taker.until)
    return begun


def ended_by(state: RunState, events: Sequence[Event]) -> frozenset[str]:
    """The steps whose attempts are over with these events."""
    return frozenset(_ended(state, events))


def _ended(state: RunState, events: Sequence[Event]) -> Iterator[str]:
    for event in events:
        match event:
            case CompensationEnded() | AttemptEnded() | StepUncertain() | BudgetAsked():
                yield event.step
            case StepEnded() if isinstance(state.place(event.step)[1].work, Uses):
                yield event.step
            case _:
                continue


def runs_elsewhere(state: RunState) -> bool:
    """Whether an attempt of the run is carried out, or told to stop."""
    return state.standing in _GOES_ON and any(
        isinstance(order, RunAttempt | StopAttempt) for order in outstanding(state)
    )
