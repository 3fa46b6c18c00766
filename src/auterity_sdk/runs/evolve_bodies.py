"""What the events of loops change: their items and rounds begin and end."""

from __future__ import annotations

from typing import Any

from auterity_sdk.runs.events import BodyEnded, BodyStarted, StepStarted
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.plan import ForEach, Repeat, StepPlan
from auterity_sdk.runs.state import INPUT, LoopRun, Phase, RunState, Scope, Status, StepRun


def loop_started(event: StepStarted) -> LoopRun:
    """A loop begins; a `for_each` with its items."""
    return LoopRun(items=event.detail)


def body_started(state: RunState, event: BodyStarted) -> None:
    """An item or a round begins."""
    path, _, index = event.scope.rpartition("[")
    parent, step = state.place(path)
    number = int(index.rstrip("]"))
    run, loop = _loop(parent, step)
    work = step.work
    if not isinstance(work, ForEach | Repeat):
        raise TypeError(path)
    bound = _bound(work, loop, number)
    scope = Scope.of(event.scope, work.body, len(state.ranked), event.at)
    scope.parent, scope.owner, scope.index, scope.bound = parent, step.index, number, bound
    scope.values[INPUT] = state.input
    state.scopes[event.scope] = scope
    state.ranked.append(scope)
    loop.begun = max(loop.begun, number + 1)
    loop.live.add(event.scope)
    if run.status is Status.PAUSED:
        run.status, run.wake = Status.RUNNING, None
        _drop_alarm(state, path, run)


def body_ended(state: RunState, event: BodyEnded) -> None:
    """An item or a round ends; one that ended well leaves its compensations to the graph around it."""
    scope = state.scopes[event.scope]
    scope.phase, scope.ended_at, scope.error = Phase.ENDED, event.at, event.error
    parent = scope.parent
    if parent is None:
        raise KeyError(event.scope)
    _, loop = _loop(parent, parent.plan.steps[scope.owner])
    loop.live.discard(event.scope)
    match event.status:
        case "ok":
            loop.results[scope.index] = event.output
            loop.counted += event.counts
            if event.more:
                loop.items = [*(loop.items or ()), *event.more]
            parent.undo.extend(scope.undo)
            scope.undo = []
        case "failed":
            loop.failures[scope.index] = event.error or Failure("failed", "")


def gathered(work: object, loop: LoopRun) -> dict[str, Any]:
    """What a loop gives: the outputs of its items in index order and its failures, or the last round."""
    if isinstance(work, Repeat):
        return {"last": loop.results[loop.begun - 1], "rounds": loop.begun}
    results = [loop.results[index] for index in sorted(loop.results)]
    failures = [
        {"index": index, "error": {"type": error.type, "message": error.message}}
        for index, error in sorted(loop.failures.items())
    ]
    return {"results": results, "failures": failures}


def _loop(scope: Scope, step: StepPlan) -> tuple[StepRun, LoopRun]:
    run = scope.runs[step.index]
    if run is None or run.loop is None:
        raise KeyError(step.id)
    return run, run.loop


def _bound(work: ForEach | Repeat, loop: LoopRun, number: int) -> dict[str, Any]:
    value, index = work.names
    if isinstance(work, ForEach):
        return {value: (loop.items or [])[number], index: number}
    return {value: loop.results.get(number - 1), index: number}


def _drop_alarm(state: RunState, path: str, run: StepRun) -> None:
    if run.deadline is None:
        state.alarms.pop(path, None)
    else:
        state.alarms[path] = run.deadline
