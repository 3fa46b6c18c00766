"""An attempt of which nobody knows whether it had its effect, and that may not be made again to find out."""

from __future__ import annotations

from typing import Any

from auterity_sdk.runs.decision import Decision
from auterity_sdk.runs.events import StepUncertain
from auterity_sdk.runs.failure import EFFECT_UNKNOWN, HEARTBEAT_ERROR, TIMEOUT_ERROR, Failure
from auterity_sdk.runs.plan import StepPlan, Uses
from auterity_sdk.runs.state import Phase, Scope, StepRun
from auterity_sdk.workflow.signature import UNCERTAIN

OPEN = frozenset({EFFECT_UNKNOWN, HEARTBEAT_ERROR, TIMEOUT_ERROR})
"""Errors that leave open whether the attempt had its effect."""

LOST = Failure(EFFECT_UNKNOWN, "the process ended in which the attempt ran")


def may_repeat(work: Uses, arguments: Any) -> bool:
    """Whether an attempt with these arguments may be made again without a second effect."""
    return work.only_with is None or work.only_with.allows(arguments)


def is_in_doubt(work: object, arguments: Any, error: Failure) -> bool:
    """Whether an attempt that failed so may have had its effect, and must not be made again."""
    return isinstance(work, Uses) and error.type in OPEN and not may_repeat(work, arguments)


def doubt(decision: Decision, scope: Scope, step: StepPlan, error: Failure) -> None:
    """The step ends `uncertain` where something names that; else it waits for a person who settles it."""
    if scope.phase is not Phase.RUNNING:
        decision.end(scope, step, "cancelled", error=error)
    elif step.uncertain:
        decision.end(scope, step, UNCERTAIN, error=error)
    else:
        path = scope.path(step)
        decision.emit(StepUncertain(decision.at, path, error.at(path)))


def lost(decision: Decision, scope: Scope, step: StepPlan, run: StepRun) -> bool:
    """The process of an attempt has ended; whether the attempt is in doubt by that."""
    if not is_in_doubt(step.work, run.arguments, LOST):
        return False
    doubt(decision, scope, step, LOST)
    return True
