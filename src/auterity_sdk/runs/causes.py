"""Which command may have brought an event about: a journal keeps facts alone, and can be decided again by them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from auterity_sdk.runs import commands as c
from auterity_sdk.runs import events as e
from auterity_sdk.runs.cache import CachedResult
from auterity_sdk.runs.decision import Decision
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.kinds import waits
from auterity_sdk.runs.kinds.approvals import role_asked
from auterity_sdk.runs.plan import Approve, Call, Plan, Uses
from auterity_sdk.runs.settle import settle
from auterity_sdk.runs.state import COMPENSATE, RunState, Status, StepRun

_NO_RESULT = ("failed", "skipped", "cancelled", "uncertain")


Cause = c.Command | e.EventTaken | e.StepEnded
"""A command; or, of an outside event whose data is in no journal, what it did to a `receive`."""


def causes(state: RunState, events: Sequence[e.Event]) -> Iterator[Cause]:
    """What may have brought the first of these events about, the likeliest first.

    `state` is the run's before it; the events behind the first tell what an outside event held.
    """
    event = events[0]
    step = getattr(event, "step", "")
    yield from _answers(state, event, step)
    match event:
        case e.RunStarted():
            yield _start(event, events[1:])
        case e.ApprovalRecorded() | e.BudgetAnswered() | e.StepSettled():
            yield _said(state, event, events[1:])
        case e.EventTaken():
            yield _outside(state, event, events[1:])
            yield event
        case e.CancelAsked():
            yield c.Cancel(event.at, event.by, event.after_step)
        case e.AttemptEnded() | e.StepUncertain() | e.BudgetAsked():
            yield from _failed(state, event)
        case e.ScopeStopping(scope="", error=Failure() as error) if "" in state.asking:
            yield c.TurnRefused(event.at, error)
        case e.AttemptLost():
            yield c.DriverDied(event.at)
            yield c.DriverDied(event.at, _lost_at_once(event, events))
            yield c.DriverDied(event.at, frozenset({event.step}))
        case e.StepEnded():
            yield from _ended(state, event)
        case e.CompensationEnded():
            yield from _compensated(state, event)
        case _:
            yield c.TimerDue(event.at)


def _lost_at_once(first: e.AttemptLost, events: Sequence[e.Event]) -> frozenset[str]:
    found = (each for each in events if isinstance(each, e.AttemptLost) and each.at == first.at)
    return frozenset(each.step for each in found)


def _answers(state: RunState, event: e.Event, step: str) -> Iterator[c.Command]:
    """What a step was told that waits for a turn, or looks for an earlier result."""
    if step in state.asking:
        yield c.LockGranted(event.at, step)
    looking = _run(state, step) if state.plan.caches and step else None
    if looking is not None and looking.status is Status.LOOKING:
        yield c.CacheAnswered(event.at, step, _found(event))


def _found(event: e.Event) -> CachedResult | None:
    if not isinstance(event, e.StepEnded) or event.origin is None:
        return None
    origin, outcome = event.origin, event.outcome
    if event.error is not None:
        outcome = event.error.message.split("`")[1]
    return CachedResult(
        run_id=origin["run"],
        version="",
        step=origin["step"],
        at=origin["at"],
        until=event.at,
        outcome=outcome,
        output=event.output,
        facts=event.facts,
        withdrawn=event.withdrawn,
    )


def _start(event: e.RunStarted, rest: Sequence[e.Event]) -> c.Start:
    entered = rest[0] if rest and isinstance(rest[0], e.RunEntered) else e.RunEntered(event.at)
    return c.Start(
        event.at,
        event.input,
        event.requester,
        event.parent_run,
        event.parent,
        event.attempt,
        event.connections,
        event.locked,
        entered.priority,
        entered.fresh,
    )


def _roles(state: RunState, step: str) -> tuple[str, ...]:
    work, run = state.place(step)[1].work, _run(state, step)
    if not isinstance(work, Approve):
        return ()
    return (role_asked(work, None if run is None else run.asked),)


def _said(
    state: RunState,
    event: e.ApprovalRecorded | e.BudgetAnswered | e.StepSettled,
    rest: Sequence[e.Event],
) -> c.ApprovalGiven | c.Settle:
    if isinstance(event, e.BudgetAnswered):
        run = _run(state, event.step)
        asked = () if run is None or run.held is None else (run.held.role,)
        return c.ApprovalGiven(event.at, event.step, event.by, asked, event.approved, {})
    if isinstance(event, e.ApprovalRecorded):
        roles = _roles(state, event.step)
        return c.ApprovalGiven(event.at, event.step, event.by, roles, event.approved, event.form)
    ended = next((x for x in rest if isinstance(x, e.StepEnded) and x.step == event.step), None)
    output = ended.output if ended is not None and ended.outcome == event.outcome else None
    said = (event.outcome, output, event.by, event.reason, event.attempt)
    return c.Settle(event.at, event.step, *said)


def _outside(state: RunState, event: e.EventTaken, rest: Sequence[e.Event]) -> c.OutsideEvent:
    listened = state.listening.get(event.step, "")
    ended = next((x for x in rest if isinstance(x, e.StepEnded) and x.step == event.step), None)
    data = ended.output if ended is not None and isinstance(ended.output, Mapping) else {}
    return c.OutsideEvent(event.at, event.event, listened, data, event.at)


def _run(state: RunState, step: str) -> StepRun | None:
    try:
        return state.run_of(step)
    except KeyError:
        return None


def _failed(
    state: RunState, event: e.AttemptEnded | e.StepUncertain | e.BudgetAsked
) -> Iterator[c.Command]:
    run = _run(state, event.step)
    attempt = run.attempt if run else 1
    if isinstance(event, e.StepUncertain | e.BudgetAsked):
        yield c.AttemptFailed(event.at, event.step, attempt, event.error)
        return
    jitter = 1.0
    step_plan = state.place(event.step.removesuffix(COMPENSATE))[1]
    work = step_plan.undo if event.step.endswith(COMPENSATE) else step_plan.work
    if isinstance(work, Uses | Call) and work.retry.jitter:
        longest = work.retry.pauses.after(attempt)
        jitter = (event.retry_at - event.at) / longest if longest else 1.0
    at, step, error = event.at, event.step, event.error
    yield c.AttemptFailed(at, step, attempt, error, jitter)
    if isinstance(work, Call):
        yield c.ChildEnded(at, step, attempt, "cancelled", jitter=jitter)
        yield c.AttemptStopped(at, step, attempt)


def after_outside_event(plan: Plan, state: RunState, events: Sequence[e.Event]) -> list[e.Event]:
    """What an outside event of unknown data brings about that does to each `receive` what these events tell.

    Its match failed for some, and one may have taken it. The state is moved on.
    """
    decision = Decision(plan, state, max(events[0].at, state.at))
    while len(decision.events) < len(events):
        event = events[len(decision.events)]
        if isinstance(event, e.EventTaken):
            waits.take(decision, *state.place(event.step), _outside(state, event, ()))
            break
        if not isinstance(event, e.StepEnded) or not _match_failed(state, event):
            break
        if event.error is not None:
            decision.fail(*state.place(event.step), event.error)
    settle(decision)
    return decision.events


def _match_failed(state: RunState, event: e.StepEnded) -> bool:
    return event.error is not None and event.step in state.listening


def _ended(state: RunState, event: e.StepEnded) -> Iterator[Cause]:
    run = _run(state, event.step)
    work = state.place(event.step)[1].work
    if event.error is not None and event.step in state.asking:
        yield c.TurnRefused(event.at, event.error, event.step)
    if _match_failed(state, event):
        yield c.TimerDue(event.at)
        yield event
        return
    if run is None or not isinstance(work, Uses | Call):
        yield c.TimerDue(event.at)
        return
    at, step, attempt = event.at, event.step, run.attempt
    if run.status is Status.PAUSED:
        yield c.TimerDue(at)
        return
    if event.outcome not in _NO_RESULT:
        if isinstance(work, Call):
            yield c.ChildEnded(at, step, attempt, "succeeded", event.outcome, event.output)
        yield c.AttemptSucceeded(at, step, attempt, event.outcome, event.output)
        return
    yield c.TimerDue(at)
    if isinstance(work, Call):
        yield c.ChildEnded(at, step, attempt, "cancelled")
    if event.error is not None:
        yield c.AttemptFailed(at, step, attempt, event.error)
        if event.error.type == "unhandled_outcome":
            yield c.AttemptSucceeded(at, step, attempt, event.error.message.split("`")[1])
    yield c.AttemptStopped(at, step, attempt)
    yield c.AttemptStopped(at, step, attempt, lost=True)


def _compensated(state: RunState, event: e.CompensationEnded) -> Iterator[c.Command]:
    scope = state.undoing.get(event.step)
    attempt = scope.undoing.attempt if scope is not None and scope.undoing is not None else 1
    if event.error is None:
        yield c.AttemptSucceeded(event.at, event.step, attempt)
    else:
        yield c.TimerDue(event.at)
        yield c.AttemptFailed(event.at, event.step, attempt, event.error)
