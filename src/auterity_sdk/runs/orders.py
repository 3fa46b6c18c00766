"""What the shell around `decide` has to do: it follows from the state, so that recovery only orders again."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from auterity_sdk.runs.events import (
    AttemptLost,
    AttemptStarted,
    AttemptStopping,
    CacheAsked,
    CancelAsked,
    CompensationEnded,
    CompensationStarted,
    Event,
    StepEnded,
    StepStarted,
    StepStopping,
)
from auterity_sdk.runs.gate import Gate
from auterity_sdk.runs.plan import Call, Uses
from auterity_sdk.runs.state import LOOKING, RUNNING, STOPPING, RunState, StepRun

_NOTHING: Mapping[str, int] = {}


class RunAttempt(Struct, frozen=True, gc=False):
    """Run an attempt of a step type. `limit` bounds it, in milliseconds.

    It may begin until `until`, when a fact expires on which its effect rests: an order that is given again after a
    crash may come too late. `granted` says of whose budget how often it counts more than once.
    """

    step: str
    attempt: int
    work: Uses
    arguments: Any
    limit: int | None
    until: int | None = None
    granted: Mapping[str, int] = _NOTHING


class StopAttempt(Struct, frozen=True):
    """Tell the attempt of a step to stop. `attempt` 0: its result no longer counts.

    `lost`: it was told before; where it no longer runs, nobody knows how far it came.
    """

    step: str
    attempt: int
    lost: bool = False


class StartChild(Struct, frozen=True):
    """Start the child run of a `call`, unless it has been; and tell when it has ended."""

    step: str
    attempt: int
    work: Call
    arguments: Any


class CancelChild(Struct, frozen=True):
    """Cancel the child run of a `call`, in the way of its caller, and tell when it has ended."""

    step: str
    attempt: int
    after_step: bool = False


class LookUp(Struct, frozen=True):
    """Look for an earlier result that is at most `age` milliseconds old, and tell; None: there is to be none."""

    step: str
    key: str
    age: int | None


Order = RunAttempt | StopAttempt | StartChild | CancelChild | LookUp


def new_orders(
    state: RunState, events: Sequence[Event], running: Container[tuple[str, str]] = ()
) -> list[Order]:
    """What the events of one transition ask for; `state` is that after them.

    `running` are the attempts that run, by run and step: those whose step has ended are told to stop.
    """
    orders: list[Order] = []
    for event in events:
        if isinstance(event, _ASKING):
            run = state.active.get(event.step)
            order = None if run is None else _order(state, event.step, run)
            if order is not None:
                orders.append(order)
        elif isinstance(event, _ENDING):
            if (state.run_id, event.step) in running:
                orders.append(StopAttempt(event.step, 0))
        elif isinstance(event, CancelAsked):
            orders.extend(_told_again(state, events))
    return orders


_ASKING = (
    StepStarted,
    AttemptStarted,
    AttemptLost,
    AttemptStopping,
    CompensationStarted,
    StepStopping,
    CacheAsked,
)
_ENDING = (StepEnded, CompensationEnded)


def _told_again(state: RunState, events: Sequence[Event]) -> Iterator[Order]:
    """The child runs that were cancelled before in another way."""
    told = {event.step for event in events if isinstance(event, StepStopping)}
    for path, run in state.active.items():
        order = None if path in told else _order(state, path, run)
        if isinstance(order, CancelChild):
            yield order


def order_of(state: RunState, path: str) -> Order | None:
    """What is to be done about the step, or the compensation, at a path; None: nothing, or it does not go on."""
    run = None if state.over else state.active.get(path)
    return None if run is None else _order(state, path, run)


def outstanding(state: RunState) -> list[Order]:
    """All that a run which nobody drives is owed."""
    if state.over:
        return []
    orders: list[Order] = []
    for path, run in state.active.items():
        order = _order(state, path, run)
        if isinstance(order, StopAttempt):
            order = StopAttempt(path, order.attempt, lost=True)
        if order is not None:
            orders.append(order)
    return orders


def _order(state: RunState, path: str, run: StepRun) -> Order | None:
    running = run.status is RUNNING
    if run.status is LOOKING:
        return _look_up(state, path, run)
    if not running and run.status is not STOPPING:
        return None
    undone = state.undoing.get(path) if state.undoing else None
    if undone is not None:
        if not running:
            return StopAttempt(path, run.attempt)
        work = undone.undo[-1].work
        return RunAttempt(path, run.attempt, work, run.arguments["with"], run.limit)
    step = state.place(path)[1]
    match step.work:
        case Uses() as work:
            if not running:
                return StopAttempt(path, run.attempt)
            until = None if step.gate is None else _until(state, step.gate, run)
            granted = granted_to(state, path)
            return RunAttempt(path, run.attempt, work, run.arguments, run.limit, until, granted)
        case Call() as called:
            if not running:
                return CancelChild(path, run.attempt, state.after_step)
            return StartChild(path, run.attempt, called, run.arguments)
        case _:
            return None


def granted_to(state: RunState, path: str) -> Mapping[str, int]:
    """How often the budgets of a step and of its workflow were granted once more."""
    if not state.granted:
        return _NOTHING
    return {"step": state.granted.get(path, 0), "workflow": state.granted.get("", 0)}


def _look_up(state: RunState, path: str, run: StepRun) -> LookUp | None:
    admission = state.place(path)[1].admission
    if admission is None or admission.cache is None:
        return None
    return LookUp(path, run.cache, None if state.fresh else admission.cache.age)


def _until(state: RunState, gate: Gate, run: StepRun) -> int | None:
    if not gate.demands:
        return None
    return gate.until(run.arguments, state.known, run.started_at)
