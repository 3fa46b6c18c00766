"""A person says how a step ended of which nobody knew whether it had its effect."""

from __future__ import annotations

from auterity_sdk.errors import StepError, UsageError
from auterity_sdk.runs.commands import Settle
from auterity_sdk.runs.decision import Decision
from auterity_sdk.runs.events import StepSettled
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.kinds.attempts import try_again
from auterity_sdk.runs.plan import StepPlan
from auterity_sdk.runs.state import RETRY, Scope, Status, StepRun
from auterity_sdk.workflow.signature import FAILED

SETTLED = "settled"
"""The type of error of a step that a person has said to have failed."""


def settle_step(decision: Decision, scope: Scope, step: StepPlan, said: Settle) -> None:
    """End the step so, or try it again. Raises `UsageError` where that cannot be."""
    run = scope.runs[step.index]
    if run is None or run.status is not Status.UNCERTAIN:
        raise UsageError(
            f"the step `{said.step}` waits for nobody to settle it: {_standing(run)}",
            help=f"`auterity runs show {decision.state.run_id}` tells what the run waits for",
        )
    if said.attempt not in (0, run.attempt):
        raise UsageError(
            f"the attempt {said.attempt} of `{said.step}` has been settled: {run.attempt} is in doubt now",
            help=f"look whether that one had its effect, then settle it with --attempt {run.attempt}",
        )
    _check_outcome(step, said)
    decision.emit(
        StepSettled(decision.at, said.step, said.outcome, said.by, said.reason, said.attempt)
    )
    if said.outcome == RETRY:
        try:
            try_again(decision, scope, step, run)
        except StepError as error:
            decision.fail(scope, step, error)
    elif said.outcome == FAILED:
        reason = f": {said.reason}" if said.reason else ""
        decision.fail(scope, step, Failure(SETTLED, f"it was settled as failed{reason}"))
    else:
        decision.end(scope, step, said.outcome, said.output)


def _check_outcome(step: StepPlan, said: Settle) -> None:
    own = sorted(step.outcomes or ())
    if said.outcome in (*own, FAILED, RETRY):
        return
    raise UsageError(
        f"the step `{said.step}` cannot be settled as `{said.outcome}`",
        help=f"it ends in one of {', '.join((*own, FAILED))}, or is tried again: {RETRY}",
    )


def _standing(run: StepRun | None) -> str:
    if run is None:
        return "it has not begun"
    if run.status is Status.ENDED:
        return f"it has ended in `{run.outcome}`"
    return f"it is {run.status.value}"
