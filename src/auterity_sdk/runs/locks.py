"""Locks: steps with an equal key run one after another, in the order of their turns, in all runs of a store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from auterity_sdk.errors import ExpressionError, StepError
from auterity_sdk.runs.decision import Decision
from auterity_sdk.runs.events import (
    AttemptEnded,
    AttemptStarted,
    BudgetAsked,
    CacheAsked,
    Event,
    LockAsked,
    QueueAsked,
    RunBegun,
    RunEnded,
    RunEntered,
    StepEnded,
    StepStarted,
    StepUncertain,
)
from auterity_sdk.runs.plan import Admission, StepPlan
from auterity_sdk.runs.producer import Expr, Lookup, plain
from auterity_sdk.runs.state import COMPENSATE, RunState, Scope
from auterity_sdk.workflow.queue import Queue

NESTED_LOCK = "nested_lock"
"""The type of error of a step that asks for a lock while one is held around it."""


def ask(decision: Decision, scope: Scope, step: StepPlan, lock: Expr) -> None:
    """A step asks for its lock. Raises `ExpressionError`, and `StepError` inside another lock: two could block each other."""
    if is_locked(decision.state, scope):
        raise StepError("a lock is held around the step, which asks for another", type=NESTED_LOCK)
    key = digest_of(lock, decision.lookup(scope, step))
    decision.emit(LockAsked(decision.at, scope.path(step), key))


def digest_of(key: Expr, lookup: Lookup, *names: str) -> str:
    """A digest of a key's value, and of `names` that tell it from others. Raises `ExpressionError`."""
    value = plain(key.value(lookup))
    if value is None:
        raise ExpressionError("the key has no value", end=len(key.compiled.text))
    text = json.dumps([*names, value], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def is_locked(state: RunState, scope: Scope) -> bool:
    """Whether a lock is held around an instance of a graph: by a loop around it, or by who called the run."""
    here: Scope = scope
    while here.parent is not None:
        if here.parent.plan.steps[here.owner].lock is not None:
            return True
        here = here.parent
    return state.locked


def is_called_locked(state: RunState, path: str) -> bool:
    """Whether a run that the step at `path` calls has a lock held around it."""
    scope, step = state.place(path)
    return step.lock is not None or is_locked(state, scope)


class Claimed:
    """What the events of one transition ask for, take and release, by the paths of steps; the empty path is the run.

    `queued` are queues that steps ask for, `left` those that wait before a further attempt, and have left theirs. `once`
    is the key under which the run was started.
    """

    def __init__(self, state: RunState, events: Sequence[Event]) -> None:
        self.asked: dict[str, str] = {}
        self.queued: dict[str, Queue] = {}
        self.taken: list[str] = []
        self.left: list[str] = []
        self.released: list[str] = []
        self.once = ""
        for event in events:
            match event:
                case LockAsked():
                    self.asked[event.step] = event.key
                case RunEntered():
                    self.once = event.once
                    self.asked |= {"": event.queue} if event.queue else {}
                case RunBegun():
                    self.taken.append("")
                case RunEnded() if state.queue:
                    self.released.append("")
                case StepStarted() | AttemptStarted() | CacheAsked() | QueueAsked():
                    self._passed(event, _admission(state, event.step))
                case AttemptEnded() | StepUncertain() | BudgetAsked():
                    self._waits(event.step, _admission(state, event.step))
                case StepEnded() if _admission(state, event.step) is not None:
                    self.released.append(event.step)
                case _:
                    continue

    def __bool__(self) -> bool:
        """Whether there is anything."""
        asks = self.asked or self.queued or self.once
        return bool(asks or self.taken or self.left or self.released)

    def _waits(self, step: str, admission: Admission | None) -> None:
        if admission is not None and admission.queue is not None:
            self.left.append(step)

    def _passed(
        self,
        event: StepStarted | AttemptStarted | CacheAsked | QueueAsked,
        admission: Admission | None,
    ) -> None:
        if admission is None:
            return
        self.taken.append(event.step)
        if isinstance(event, QueueAsked) and admission.queue is not None:
            self.queued[event.step] = admission.queue


def _admission(state: RunState, path: str) -> Admission | None:
    return None if path.endswith(COMPENSATE) else state.place(path)[1].admission
