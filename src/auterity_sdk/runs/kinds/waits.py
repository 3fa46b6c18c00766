"""`switch`, `wait`, `approve` and `receive`: steps that run nothing."""

from __future__ import annotations

from auterity_sdk.errors import UsageError
from auterity_sdk.runs.commands import ApprovalGiven, OutsideEvent
from auterity_sdk.runs.decision import Decision
from auterity_sdk.runs.events import ApprovalRecorded, EventTaken, StepStarted
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.joins import edge_is_met
from auterity_sdk.runs.plan import Approve, Receive, StepPlan, Switch, Wait
from auterity_sdk.runs.producer import instant, produce
from auterity_sdk.runs.state import RunState, Scope, Status, StepRun
from auterity_sdk.workflow.signature import TIMEOUT
from auterity_sdk.workflow.values import misfits


def pick(decision: Decision, scope: Scope, step: StepPlan, work: Switch) -> None:
    """The first true case is the outcome. Raises `ExpressionError`."""
    lookup = decision.lookup(scope, step)
    for name, case in work.cases:
        if case is None or case.holds(lookup):
            decision.end(scope, step, name)
            return
    decision.fail(scope, step, Failure("no_case", "no case of the switch is true"))


def wait(decision: Decision, scope: Scope, step: StepPlan, work: Wait) -> None:
    """A timer begins; a time gone by ends at once. Raises `ExpressionError`."""
    until = instant(produce(work.until, decision.lookup(scope, step)), decision.at)
    if until <= decision.at:
        decision.end(scope, step, "ok")
    else:
        decision.emit(StepStarted(decision.at, scope.path(step), wake=until))


def ask(decision: Decision, scope: Scope, step: StepPlan, work: Approve) -> None:
    """People are asked. Raises `ExpressionError`."""
    title = produce(work.title, decision.lookup(scope, step))
    wake = decision.due(scope, step, work.timeout)
    detail = {"title": title} if title else None
    decision.emit(StepStarted(decision.at, scope.path(step), wake=wake, detail=detail))


def listen(decision: Decision, scope: Scope, step: StepPlan, work: Receive) -> None:
    """Outside events are waited for. Raises `ExpressionError`."""
    wake = decision.due(scope, step, work.timeout)
    decision.emit(StepStarted(decision.at, scope.path(step), wake=wake))


def due(decision: Decision, scope: Scope, step: StepPlan) -> None:
    """The time of a waiting step is over."""
    match step.work:
        case Wait():
            decision.end(scope, step, "ok")
        case Approve(default=default):
            decision.end(scope, step, default, {} if default != TIMEOUT else None)
        case _:
            decision.end(scope, step, TIMEOUT)


def answer(decision: Decision, scope: Scope, step: StepPlan, given: ApprovalGiven) -> None:
    """A person answers. Raises `UsageError` where the answer cannot be taken."""
    work, run = step.work, scope.runs[step.index]
    if not isinstance(work, Approve) or run is None or run.status is not Status.WAITING:
        raise UsageError(
            f"`{given.step}` waits for no approval",
            help=f"`auterity runs show {decision.state.run_id}` tells what the run waits for",
        )
    _may_answer(decision.state, work, run, given)
    _check_form(work, given)
    decision.emit(
        ApprovalRecorded(decision.at, given.step, given.by, given.approved, dict(given.form))
    )
    votes = run.votes or []
    form = {name: value for vote in votes for name, value in vote.form.items()}
    if not given.approved:
        decision.end(scope, step, "rejected", form)
    elif sum(vote.approved for vote in votes) >= work.quorum:
        decision.end(scope, step, "approved", form)


def _may_answer(state: RunState, work: Approve, run: StepRun, given: ApprovalGiven) -> None:
    if work.role not in given.roles:
        raise UsageError(
            f"`{given.step}` asks the role `{work.role}`, which `{given.by}` does not have"
        )
    if work.exclude_requester and given.by == state.requester:
        raise UsageError(
            f"`{given.by}` started the run, and `{given.step}` asks for somebody else",
            help=f"let another person of the role `{work.role}` answer",
        )
    if any(vote.by == given.by for vote in run.votes or ()):
        raise UsageError(f"`{given.by}` has answered `{given.step}` already")


def _check_form(work: Approve, given: ApprovalGiven) -> None:
    for name, value in given.form.items():
        if name not in work.form:
            known = ", ".join(sorted(work.form)) or "none"
            raise UsageError(f"the form has no field `{name}`", help=f"its fields: {known}")
        for wrong in misfits(value, work.form[name], (name,)):
            place = ".".join(map(str, wrong.place))
            raise UsageError(f"the form's field `{place}` {wrong.message}")
    missing = sorted(work.required - set(given.form))
    if given.approved and missing:
        raise UsageError(f"the form's field `{missing[0]}` is missing")


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
