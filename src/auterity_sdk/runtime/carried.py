"""What a transition means for the attempts of a run that are carried out elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

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


def begun_by(
    state: RunState, events: Sequence[Event], orders: Sequence[Order], carrier: AttemptCarrier
) -> list[Begun]:
    """The attempts that begin with these events; those of which one was lost begin again."""
    lost = {event.step for event in events if type(event) is AttemptLost}
    return [
        Begun(
            order.step,
            order.attempt,
            carrier.queue_of(order.work.uses),
            state.at,
            order.step in lost,
        )
        for order in orders
        if type(order) is RunAttempt
    ]


def ended_by(state: RunState, events: Sequence[Event]) -> list[str]:
    """The steps whose attempts are over with these events."""
    return [*_ended(state, events)]


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
