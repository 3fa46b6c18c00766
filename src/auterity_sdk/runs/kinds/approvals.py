"""`approve`: people are asked, reminded, replaced by others, and answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from auterity_sdk.errors import UsageError
from auterity_sdk.runs.commands import ApprovalGiven
from auterity_sdk.runs.decision import Decision
from auterity_sdk.runs.events import (
    ApprovalEscalated,
    ApprovalRecorded,
    PeopleAsked,
    PeopleReminded,
    StepStarted,
)
from auterity_sdk.runs.plan import Approve, StepPlan
from auterity_sdk.runs.state import Asked, RunState, Scope, Status, StepRun, Vote
from auterity_sdk.workflow.signature import TIMEOUT

_NOTHING: Mapping[str, Any] = {}


def ask(decision: Decision, scope: Scope, step: StepPlan, work: Approve) -> None:
    """People are asked. Raises `ExpressionError`."""
    lookup, path, at = decision.lookup(scope, step), scope.path(step), decision.at
    title = work.title.produce(lookup)
    proposed = None if work.proposed is None else work.proposed.produce(lookup)
    wake = decision.due(scope, step, work.timeout)
    detail = {"title": title} if title else None
    count = decision.count(scope, step, work.quorum)
    decision.emit(StepStarted(at, path, wake=wake, detail=detail, count=count))
    remind_at = None if work.reminder is None else at + work.reminder.first
    escalate_at = None if work.escalation is None else at + work.escalation.after
    if proposed or remind_at is not None or escalate_at is not None:
        decision.emit(PeopleAsked(at, path, proposed or {}, remind_at, escalate_at))


def due(decision: Decision, scope: Scope, step: StepPlan, work: Approve, run: StepRun) -> None:
    """A time has come: the limit, or that of passing the question on, or of a reminder.

    After a long sleep only the last that was missed of several reminders is made up for.
    """
    at, path, asked = decision.at, scope.path(step), run.asked
    if run.wake is not None and run.wake <= at:
        output = None if work.default == TIMEOUT else _output(run)
        decision.end(scope, step, work.default, output)
        return
    if asked is None:
        return
    if work.escalation is not None and _is_due(asked.escalate_at, at):
        decision.emit(ApprovalEscalated(at, path, work.escalation.role))
    if work.reminder is not None and asked.remind_at is not None and asked.remind_at <= at:
        every = work.reminder.every
        next_at = None
        if every is not None:
            next_at = asked.remind_at + every * ((at - asked.remind_at) // every + 1)
        decision.emit(PeopleReminded(at, path, asked.role or work.role, next_at))


def _is_due(time: int | None, at: int) -> bool:
    return time is not None and time <= at


def answer(decision: Decision, scope: Scope, step: StepPlan, given: ApprovalGiven) -> None:
    """A person answers. Raises `UsageError` where the answer cannot be taken."""
    work, run = step.work, scope.runs[step.index]
    if not isinstance(work, Approve) or run is None or run.status is not Status.WAITING:
        raise UsageError(
            f"`{given.step}` waits for no approval",
            help=f"`auterity runs show {decision.state.run_id}` tells what the run waits for",
        )
    _may_answer(decision.state, work, run, given)
    form = work.form.read(given.form, current(run), complete=given.approved)
    decision.emit(ApprovalRecorded(decision.at, given.step, given.by, given.approved, form))
    if not given.approved:
        decision.end(scope, step, "rejected", _output(run))
    elif sum(vote.approved for vote in counting(run)) >= quorum(work, run):
        decision.end(scope, step, "approved", {**work.form.defaults(), **_output(run)})


def current(run: StepRun) -> Mapping[str, Any]:
    """The values that may be changed, as the answers so far have left them."""
    if run.asked is None or not run.asked.proposed:
        return _NOTHING
    stated = _stated(run.votes)
    return {name: stated.get(name, value) for name, value in run.asked.proposed.items()}


def counting(run: StepRun) -> Sequence[Vote]:
    """The answers since a value was last changed: who approved before has approved something else."""
    votes = run.votes or []
    for place in range(len(votes) - 1, 0, -1):
        if run.asked is not None and not run.asked.proposed.keys().isdisjoint(votes[place].form):
            return votes[place:]
    return votes


def quorum(work: Approve, run: StepRun) -> int:
    """How many approvals approve."""
    return work.quorum if isinstance(work.quorum, int) else run.count or 1


def role_asked(work: Approve, asked: Asked | None) -> str:
    """The role whose people may answer now."""
    return (asked.role if asked is not None else "") or work.role


def _output(run: StepRun) -> dict[str, Any]:
    proposed = _NOTHING if run.asked is None else run.asked.proposed
    return {**proposed, **_stated(run.votes)}


def _stated(votes: Sequence[Vote] | None) -> dict[str, Any]:
    return {name: value for vote in votes or () for name, value in vote.form.items()}


def _may_answer(state: RunState, work: Approve, run: StepRun, given: ApprovalGiven) -> None:
    role = role_asked(work, run.asked)
    if role not in given.roles:
        raise UsageError(f"`{given.step}` asks the role `{role}`, which `{given.by}` does not have")
    if work.exclude_requester and given.by == state.requester:
        raise UsageError(
            f"`{given.by}` started the run, and `{given.step}` asks for somebody else",
            help=f"let another person of the role `{role}` answer",
        )
    if any(vote.by == given.by for vote in counting(run)):
        raise UsageError(f"`{given.by}` has answered `{given.step}` already")
