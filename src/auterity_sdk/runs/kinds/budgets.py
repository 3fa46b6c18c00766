"""A call of a model that would pass a budget with `when_over: pause`: the step waits for a person's word."""

from __future__ import annotations

from collections.abc import Iterator

from auterity_sdk.errors import StepError, UsageError
from auterity_sdk.runs.commands import ApprovalGiven
from auterity_sdk.runs.decision import Decision
from auterity_sdk.runs.events import BudgetAnswered, BudgetAsked
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.kinds.attempts import try_again
from auterity_sdk.runs.plan import StepPlan, Uses
from auterity_sdk.runs.state import Held, Scope, StepRun
from auterity_sdk.workflow.budget import OVER_BUDGET, PAUSES, Bound

_NOTHING = Failure(OVER_BUDGET, "the budget is used up")


def pausing(step: StepPlan, error: Failure) -> Bound | None:
    """The budget that an attempt would have passed, where a person may grant it once more."""
    level = PAUSES.get(error.type)
    if level is None or not isinstance(step.work, Uses):
        return None
    bounds = (each for each in step.work.bounds if each.when_over == "pause")
    return next((each for each in bounds if each.level == level), None)


def ask(decision: Decision, scope: Scope, step: StepPlan, error: Failure, bound: Bound) -> None:
    """People of a role are asked."""
    path = scope.path(step)
    until = None if bound.patience is None else decision.at + bound.patience
    decision.emit(BudgetAsked(decision.at, path, error.at(path), bound.level, bound.role, until))


def answer(decision: Decision, held: Held, given: ApprovalGiven) -> None:
    """A person answers. Raises `UsageError` where the answer cannot be taken.

    Approved, the budget counts once more, and whatever waited for it goes on; one that needs more asks again.
    """
    if held.role not in given.roles:
        raise UsageError(
            f"`{given.step}` asks the role `{held.role}`, which `{given.by}` does not have"
        )
    if given.form:
        raise UsageError(f"`{given.step}` asks for a yes or no alone, and takes no values")
    waiting = tuple(_waiting(decision, held, given.step)) if given.approved else (given.step,)
    decision.emit(BudgetAnswered(decision.at, given.step, given.by, given.approved))
    for path in waiting:
        scope, step = decision.state.place(path)
        run = scope.runs[step.index]
        if run is not None:
            _go_on(decision, scope, step, run, approved=given.approved)


def over(decision: Decision, scope: Scope, step: StepPlan, run: StepRun) -> None:
    """Nobody has granted it: the step ends `over_budget`, or fails where its type has no such outcome."""
    error = run.error or _NOTHING
    if isinstance(step.work, Uses) and step.work.over_budget:
        decision.end(scope, step, OVER_BUDGET, error=error)
    else:
        decision.fail(scope, step, Failure(OVER_BUDGET, error.message))


def _waiting(decision: Decision, held: Held, path: str) -> Iterator[str]:
    """The steps that wait for the same budget: of a step's own, that step alone."""
    for each, run in decision.state.active.items():
        same = run.held is not None and run.held.level == held.level
        if each == path or (same and held.level != "step"):
            yield each


def _go_on(
    decision: Decision, scope: Scope, step: StepPlan, run: StepRun, *, approved: bool
) -> None:
    if not approved:
        over(decision, scope, step, run)
        return
    try:
        try_again(decision, scope, step, run)
    except StepError as error:
        decision.fail(scope, step, error)
