"""`switch`, `wait` and `receive`: steps that run nothing."""

from __future__ import annotations

from auterity_sdk.errors import StepError
from auterity_sdk.runs.commands import OutsideEvent
from auterity_sdk.runs.decision import Decision
from auterity_sdk.runs.events import EventTaken, StepStarted
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.joins import edge_is_met
from auterity_sdk.runs.plan import Business, Receive, StepPlan, Switch, Wait
from auterity_sdk.runs.producer import instant
from auterity_sdk.runs.state import Scope
from auterity_sdk.workflow.signature import TIMEOUT


def pick(decision: Decision, scope: Scope, step: StepPlan, work: Switch) -> None:
    """The first true case is the outcome. Raises `ExpressionError`."""
    lookup = decision.lookup(scope, step)
    for name, case in work.cases:
        if case is None or case.holds(lookup):
            decision.end(scope, step, name)
            return
    decision.fail(scope, step, Failure("no_case", "no case of the switch is true"))


def wait(decision: Decision, scope: Scope, step: StepPlan, work: Wait) -> None:
    """A timer begins; a time gone by ends at once. Raises `ExpressionError`, and `StepError` where it never comes."""
    if isinstance(work.until, Business):
        until = _business(work.until, decision.at)
    else:
        until = instant(work.until.produce(decision.lookup(scope, step)), decision.at)
    if until <= decision.at:
        decision.end(scope, step, "ok")
    else:
        decision.emit(StepStarted(decision.at, scope.path(step), wake=until))


def _business(time: Business, now: int) -> int:
    if time.calendar is None:
        raise StepError(f"there is no calendar `{time.name}`", type="configuration")
    until = time.calendar.after(now, time.length)
    if until is None:
        raise StepError(f"the calendar `{time.name}` has not so many hours", type="never_open")
    return until


def listen(decision: Decision, scope: Scope, step: StepPlan, work: Receive) -> None:
    """Outside events are waited for. Raises `ExpressionError`."""
    wake = decision.due(scope, step, work.timeout)
    decision.emit(StepStarted(decision.at, scope.path(step), wake=wake))


def due(decision: Decision, scope: Scope, step: StepPlan) -> None:
    """The time of a waiting step is over."""
    match step.work:
        case Wait():
            decision.end(scope, step, "ok")
        case _:
            decision.end(scope, step, TIMEOUT)


def matches(decision: Decision, scope: Scope, step: StepPlan, event: OutsideEvent) -> bool:
    """Whether a waiting `receive` would take an outside event. Raises `ExpressionError`."""
    work = step.work
    if not isinstance(work, Receive) or work.event != event.type:
        return False
    if event.came < opened_at(scope, step):
        return False
    if work.match is None:
        return True
    return work.match.holds(decision.lookup(scope, step, {"event": dict(event.data)}))


def take(decision: Decision, scope: Scope, step: StepPlan, event: OutsideEvent) -> None:
    """A `receive` takes an outside event."""
    decision.emit(EventTaken(decision.at, scope.path(step), event.id))
    decision.end(scope, step, "received", dict(event.data))


def opened_at(scope: Scope, step: StepPlan) -> int:
    """From when on an outside event counts: the start of the first step that met the `needs`."""
    starts = []
    for number in step.joins:
        join = scope.plan.joins[number]
        taken = scope.taken.get(number, range(len(join.edges)))
        for source, edge in (join.edges[position] for position in taken):
            run = scope.runs[source]
            if run is not None and edge_is_met(edge, run.outcome):
                starts.append(run.started_at)
    return min(starts, default=scope.started_at)
