"""What a step passes before its first attempt: its lock, its cache and its queue, in this order."""

from __future__ import annotations

from typing import assert_never

from auterity_sdk.errors import StepError
from auterity_sdk.runs import locks
from auterity_sdk.runs.decision import Decision
from auterity_sdk.runs.events import CacheAsked, QueueAsked
from auterity_sdk.runs.kinds import approvals, attempts, loops, waits
from auterity_sdk.runs.plan import (
    Admission,
    Approve,
    Call,
    ForEach,
    Receive,
    Repeat,
    StepPlan,
    Switch,
    Uses,
    Wait,
    Watch,
)
from auterity_sdk.runs.state import Scope, StepRun


def ask(decision: Decision, scope: Scope, step: StepPlan, admission: Admission) -> None:
    """A step that may start asks for what comes first. Raises an `AuterityError` where it cannot."""
    if step.lock is not None:
        locks.ask(decision, scope, step, step.lock)
    else:
        look_up(decision, scope, step, admission)


def granted(decision: Decision, scope: Scope, step: StepPlan, run: StepRun) -> None:
    """It is the step's turn with its lock, or in its queue: then with the attempt that it waits to make."""
    if run.attempt:
        attempts.next_attempt(decision, scope, step, run)
    elif run.queue or step.admission is None:
        begin(decision, scope, step)
    else:
        look_up(decision, scope, step, step.admission)


def look_up(decision: Decision, scope: Scope, step: StepPlan, admission: Admission) -> None:
    """The step has its lock: an earlier result is looked for. Raises `ExpressionError` for a key without a value."""
    if admission.cache is None:
        queue_up(decision, scope, step)
        return
    cache, lookup = admission.cache, decision.lookup(scope, step)
    key = locks.digest_of(cache.key, lookup, "cache", cache.of)
    decision.emit(CacheAsked(decision.at, scope.path(step), key))


def queue_up(decision: Decision, scope: Scope, step: StepPlan) -> None:
    """There is no earlier result: the step waits for its turn in its queue. Raises `StepError` where there is none."""
    queue = None if step.admission is None else step.admission.queue
    if queue is None:
        begin(decision, scope, step)
        return
    if queue.slots == 0:
        raise StepError(f"the settings have no queue `{queue.name}`", type="configuration")
    decision.emit(QueueAsked(decision.at, scope.path(step), queue.name))


def begin(decision: Decision, scope: Scope, step: StepPlan) -> None:
    """A step that may start does. Raises an `AuterityError` where it cannot."""
    match step.work:
        case Uses() | Call() as work:
            attempts.start(decision, scope, step, work)
        case Switch() as work:
            waits.pick(decision, scope, step, work)
        case Approve() as work:
            approvals.ask(decision, scope, step, work)
        case Receive() as work:
            waits.listen(decision, scope, step, work)
        case Wait() as work:
            waits.wait(decision, scope, step, work)
        case ForEach() | Repeat() as work:
            loops.start(decision, scope, step, work)
        case Watch():
            return  # it begins and ends as its watch does
        case _:
            assert_never(step.work)
