"""What the events of budgets change for which people are asked."""

from __future__ import annotations

from collections.abc import Iterator

from auterity_sdk.runs.events import BudgetAnswered, BudgetAsked
from auterity_sdk.runs.state import WAITING, Held, RunState, StepRun


def budget(
    state: RunState, event: BudgetAsked | BudgetAnswered, run: StepRun
) -> Iterator[tuple[str, StepRun]]:
    """A budget is asked for, granted once more, or not. Gives the steps whose times have changed."""
    if isinstance(event, BudgetAsked):
        left = None if run.deadline is None else run.deadline - event.at
        run.held = Held(event.level, event.role, left)
        run.status, run.wake, run.deadline, run.error = WAITING, event.until, None, event.error
        yield event.step, run
    elif event.approved and run.held is not None:
        level = run.held.level
        whose = event.step if level == "step" else ""
        state.granted[whose] = state.granted.get(whose, 0) + 1
        for path, each in state.active.items():
            if each is run or (whose == "" and each.held and each.held.level == level):
                _let_go(each, event.at)
                yield path, each
    else:
        run.held = None


def _let_go(run: StepRun, at: int) -> None:
    """The step's `timeout` goes on from where it stood."""
    left = None if run.held is None else run.held.left
    run.held, run.wake, run.error = None, None, None
    run.deadline = None if left is None else at + left
