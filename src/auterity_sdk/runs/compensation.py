"""Undoing what ended well, when its graph fails or is cancelled: one step at a time, the last to end first."""

from __future__ import annotations

from msgspec.structs import replace

from auterity_sdk.runs.decision import Decision
from auterity_sdk.runs.events import (
    AttemptEnded,
    AttemptStarted,
    CompensationEnded,
    CompensationStarted,
)
from auterity_sdk.runs.failure import EFFECT_UNKNOWN, TIMEOUT_ERROR, Failure
from auterity_sdk.runs.kinds.attempts import retry_at
from auterity_sdk.runs.kinds.doubt import LOST, is_in_doubt
from auterity_sdk.runs.state import COMPENSATE, Scope, Status


def next_compensation(decision: Decision, scope: Scope) -> bool:
    """Begin the next compensation of a graph; whether one runs now."""
    if scope.undoing is not None:
        return True
    if not scope.undo:
        return False
    entry = scope.undo[-1]
    length = entry.arguments.get("timeout")
    deadline = None if length is None else decision.at + length
    limit = entry.arguments.get("limit")
    path = entry.step + COMPENSATE
    decision.emit(CompensationStarted(decision.at, path, scope.key, deadline, limit))
    return True


def ended(decision: Decision, scope: Scope, path: str, error: Failure | None = None) -> None:
    """A compensation ended; one that failed does not stop the rest."""
    decision.emit(CompensationEnded(decision.at, path, error))
    decision.look_at_graph(scope)


def failed(decision: Decision, scope: Scope, path: str, error: Failure) -> None:
    """An attempt of a compensation failed."""
    run = scope.undoing
    if run is None:
        return
    work = scope.undo[-1].work
    if is_in_doubt(work, run.arguments["with"], error):
        ended(decision, scope, path, replace(error, type=EFFECT_UNKNOWN))
        return
    at = retry_at(decision, run, error, work.retry)
    if at is None:
        ended(decision, scope, path, error)
    else:
        decision.emit(AttemptEnded(decision.at, path, error, at))


def lost(decision: Decision, scope: Scope, path: str) -> bool:
    """The process of an attempt has ended; whether the compensation ends by that: its effect is unknown."""
    run = scope.undoing
    if run is None or not is_in_doubt(scope.undo[-1].work, run.arguments["with"], LOST):
        return False
    ended(decision, scope, path, LOST)
    return True


def due(decision: Decision, scope: Scope, path: str) -> None:
    """A timer of a compensation is due."""
    run = scope.undoing
    if run is None:
        return
    if run.deadline is not None and run.deadline <= decision.at:
        error = Failure(TIMEOUT_ERROR, "the compensation ran longer than its `timeout`")
        ended(decision, scope, path, error)
    elif run.status is Status.PAUSED:
        decision.emit(AttemptStarted(decision.at, path, run.attempt + 1))
