"""`uses` and `call`: attempts, their retries and timeouts."""

from __future__ import annotations

from typing import Any

from auterity_sdk.errors import StepError
from auterity_sdk.runs.decision import Decision
from auterity_sdk.runs.events import (
    AttemptEnded,
    AttemptStarted,
    AttemptStopping,
    QueueAsked,
    StepStarted,
    StepStopping,
)
from auterity_sdk.runs.failure import EFFECT_UNKNOWN, TIMEOUT_ERROR, Failure
from auterity_sdk.runs.kinds.doubt import doubt, is_in_doubt
from auterity_sdk.runs.plan import Call, Retry, StepPlan, Uses
from auterity_sdk.runs.state import RETRY, Phase, Scope, Status, StepRun

_OVER_LIMIT = Failure(
    TIMEOUT_ERROR, "the child run ran longer than `retry.timeout`", retryable=True
)

_RAN_OVER = Failure(TIMEOUT_ERROR, "the step ran longer than its `timeout`")
_NOT_SETTLED = Failure(EFFECT_UNKNOWN, "nobody settled the step within its `timeout`")
_UNKNOWN = Failure(
    EFFECT_UNKNOWN, "the attempt never answered: whether it had an effect is unknown"
)

PATIENCE = 30_000
"""How long an attempt that was told to stop is awaited, in milliseconds."""


def start(decision: Decision, scope: Scope, step: StepPlan, work: Uses | Call) -> None:
    """The first attempt begins. Raises `ExpressionError`, and `StepError` where its gate is closed."""
    arguments, deadline, limit = None, None, None
    if work.arguments is not None:
        arguments = work.arguments.produce(decision.lookup(scope, step))
    if step.gate is not None and step.gate.demands:
        step.gate.check(arguments, decision.state.known, decision.at)
    if work.timeout is not None:
        deadline = decision.due(scope, step, work.timeout)
    if work.retry.limit is not None:
        limit = decision.length(scope, step, work.retry.limit)
    decision.emit(StepStarted(decision.at, scope.path(step), arguments, deadline, limit))


def succeeded(
    decision: Decision, scope: Scope, step: StepPlan, run: StepRun, outcome: str, output: Any
) -> None:
    """An attempt ended well; also one that had been told to stop, unless its result no longer counts.

    That is so where the step or the attempt had run over, and for a child run that a `cancel_rest` cancelled.
    """
    if run.status is Status.STOPPING and (_runs_over(run) or _is_left_over(scope, step)):
        stopped(decision, scope, step, run)
        return
    decision.end(scope, step, outcome, output)


def failed(
    decision: Decision, scope: Scope, step: StepPlan, run: StepRun, error: Failure, retry: Retry
) -> None:
    """An attempt failed: the next one begins after a pause, or the step has failed."""
    if run.status is Status.STOPPING and run.ending is not None:
        if run.ending[0] != RETRY:
            outcome, reason = run.ending
            decision.end(scope, step, outcome, error=reason or error)
            return
        error = run.ending[1] or error
    if run.status is Status.RUNNING and is_in_doubt(step.work, run.arguments, error):
        doubt(decision, scope, step, error)
        return
    at = retry_at(decision, run, error, retry) if scope.phase is Phase.RUNNING else None
    if at is None:
        decision.fail(scope, step, error)
    else:
        decision.emit(AttemptEnded(decision.at, scope.path(step), error, at))


def retry_at(decision: Decision, run: StepRun, error: Failure, retry: Retry) -> int | None:
    """When the next attempt begins; None if there is none."""
    may = error.retryable if retry.on is None else error.type in retry.on
    if run.attempt >= retry.attempts or not may or error.type in retry.not_on:
        return None
    pause = retry.pauses.after(run.attempt)
    if retry.jitter:
        pause *= decision.jitter
    return decision.at + round(max(pause, 1000 * (error.retry_after or 0)))


def due(decision: Decision, scope: Scope, step: StepPlan, run: StepRun) -> None:
    """A timer of the step is due."""
    path = scope.path(step)
    if run.status is Status.STOPPING and not _will_retry(run):
        lost(decision, scope, step, run)
    elif run.deadline is not None and run.deadline <= decision.at:
        if isinstance(step.work, Call) and run.status is not Status.PAUSED:
            decision.emit(StepStopping(decision.at, path, "failed", None, _RAN_OVER))
        else:
            _run_over(decision, scope, step, run)
    elif run.status is Status.PAUSED:
        try:
            try_again(decision, scope, step, run)
        except StepError as error:
            decision.fail(scope, step, error)
    elif run.status is Status.RUNNING and run.wake is not None and run.wake <= decision.at:
        decision.emit(AttemptStopping(decision.at, path, _OVER_LIMIT))


def try_again(decision: Decision, scope: Scope, step: StepPlan, run: StepRun) -> None:
    """The next attempt begins, or waits for its turn in the step's queue. Raises `StepError` where its gate is closed."""
    queue = None if step.admission is None else step.admission.queue
    if queue is None:
        next_attempt(decision, scope, step, run)
    else:
        decision.emit(QueueAsked(decision.at, scope.path(step), queue.name))


def next_attempt(decision: Decision, scope: Scope, step: StepPlan, run: StepRun) -> None:
    """The next attempt begins. Raises `StepError` where its gate is closed by now."""
    if step.gate is not None and step.gate.demands:
        step.gate.check(run.arguments, decision.state.known, decision.at)
    decision.emit(AttemptStarted(decision.at, scope.path(step), run.attempt + 1))


def _run_over(decision: Decision, scope: Scope, step: StepPlan, run: StepRun) -> None:
    """The step's `timeout` bounds it, also where its effect is in doubt: a bound that waits for people would be none."""
    if run.status is Status.UNCERTAIN:
        decision.fail(scope, step, _NOT_SETTLED)
    elif (
        step.uncertain
        and run.status is Status.RUNNING
        and is_in_doubt(step.work, run.arguments, _RAN_OVER)
    ):
        doubt(decision, scope, step, _RAN_OVER)
    else:
        decision.fail(scope, step, _RAN_OVER)


def _runs_over(run: StepRun) -> bool:
    return run.ending is not None and run.ending[0] != "cancelled"


def _is_left_over(scope: Scope, step: StepPlan) -> bool:
    """A join that cancels the rest was met, of which the step is a member."""
    joins = scope.plan.joins
    return any(number in scope.taken and joins[number].cancel_rest for number, _ in step.edges)


def _will_retry(run: StepRun) -> bool:
    return run.ending is not None and run.ending[0] == RETRY


def stop(decision: Decision, scope: Scope, step: StepPlan, run: StepRun, *, awaited: bool) -> None:
    """The step is told to stop, unless its run lets it end; `awaited`: its result still counts."""
    if run.status is Status.STOPPING and not _will_retry(run):
        return
    if run.status not in (Status.RUNNING, Status.STOPPING):
        error = run.error if run.status is Status.UNCERTAIN else None
        decision.end(scope, step, "cancelled", error=error)
    elif isinstance(step.work, Call):
        decision.emit(StepStopping(decision.at, scope.path(step), "cancelled"))
    elif decision.state.after_step:
        return
    elif awaited:
        until = decision.at + PATIENCE
        decision.emit(StepStopping(decision.at, scope.path(step), "cancelled", until))
    else:
        decision.end(scope, step, "cancelled")


def stopped(decision: Decision, scope: Scope, step: StepPlan, run: StepRun) -> None:
    """An attempt did as it was told."""
    if _will_retry(run) and isinstance(step.work, Call):
        failed(decision, scope, step, run, _OVER_LIMIT, step.work.retry)
        return
    outcome, error = run.ending or ("cancelled", None)
    decision.end(scope, step, outcome, error=error)


def lost(decision: Decision, scope: Scope, step: StepPlan, run: StepRun) -> None:
    """An attempt that was told to stop never answered, or its process died."""
    outcome, error = run.ending or ("cancelled", None)
    decision.end(scope, step, outcome, error=error or _UNKNOWN)
