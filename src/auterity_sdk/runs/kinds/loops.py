"""`for_each` and `repeat`: bodies begin, end, and decide how the loop goes on."""

from __future__ import annotations

from typing import Any

from auterity_sdk.errors import AuterityError, ExpressionError
from auterity_sdk.runs.decision import Decision, failure_of
from auterity_sdk.runs.events import (
    BodyEnded,
    BodyStarted,
    RoundPaused,
    StepStarted,
    StepStopping,
)
from auterity_sdk.runs.failure import TIMEOUT_ERROR, Failure
from auterity_sdk.runs.plan import ForEach, Loop, Repeat, StepPlan
from auterity_sdk.runs.producer import Expr, Lookup, plain
from auterity_sdk.runs.state import LoopRun, Scope, Status, StepRun

ENDLESS = 10_000
"""So many rounds at one moment, without `max`, are taken for a loop that never ends."""


TOO_MANY_ITEMS = "too_many_items"
"""The type of error of a `for_each` with more items than its `max`."""


def start(decision: Decision, scope: Scope, step: StepPlan, work: Loop) -> None:
    """A loop begins. Raises `ExpressionError`."""
    items = count = None
    if isinstance(work, ForEach):
        count = decision.count(scope, step, work.first)
        items = _list_of("in", work.items, decision.lookup(scope, step))
    deadline = decision.due(scope, step, work.timeout)
    path = scope.path(step)
    decision.emit(StepStarted(decision.at, path, deadline=deadline, detail=items, count=count))
    go_on(decision, scope, step)


def _list_of(key: str, items: Expr, lookup: Lookup) -> list[Any]:
    found = plain(items.value(lookup))
    if not isinstance(found, list):
        raise ExpressionError(f"`{key}` is no list")
    return found


def body_over(decision: Decision, body: Scope, status: str, error: Failure | None) -> None:
    """All steps of an item or a round are settled, and compensated where it did not end well."""
    parent = body.parent
    if parent is None:
        return
    step = parent.plan.steps[body.owner]
    ended = BodyEnded(decision.at, body.key, status, error=error)
    if status == "ok":
        try:
            ended = _ended_well(decision, body, step)
        except ExpressionError as problem:
            decision.stop_graph(body, "failed", failure_of(problem).at(body.key))
            return
    decision.emit(ended)
    go_on(decision, parent, step)


def _ended_well(decision: Decision, body: Scope, step: StepPlan) -> BodyEnded:
    """What a body gives, whether the item counts for `first`, and the items that it adds. Raises `ExpressionError`."""
    work, lookup = step.work, decision.lookup(body, None)
    if not isinstance(work, ForEach | Repeat):
        raise TypeError(step.id)
    output = work.output.produce(lookup)
    if isinstance(work, Repeat):
        return BodyEnded(decision.at, body.key, "ok", output)
    counts = work.first is not None and (work.where is None or work.where.holds(lookup))
    more = None if work.more is None else _list_of("more", work.more, lookup)
    return BodyEnded(decision.at, body.key, "ok", output, None, counts, more or None)


def go_on(decision: Decision, scope: Scope, step: StepPlan) -> None:
    """A loop ends, or begins its next bodies."""
    run = scope.runs[step.index]
    if run is None or run.loop is None:
        return
    if run.status is Status.STOPPING:
        if not run.loop.live:
            outcome, error = run.ending or ("cancelled", None)
            _end(decision, scope, step, outcome, error)
        return
    match step.work:
        case ForEach() as work:
            _next_items(decision, scope, step, work, run, run.loop)
        case Repeat() as work:
            _next_round(decision, scope, step, work, run.loop)


def _next_items(
    decision: Decision, scope: Scope, step: StepPlan, work: ForEach, run: StepRun, loop: LoopRun
) -> None:
    wanted = work.first if isinstance(work.first, int) else run.count
    total = len(loop.items or ())
    if loop.failures and len(loop.failures) * (100 if work.percent else 1) >= work.failures * (
        total if work.percent else 1
    ):
        close(decision, scope, step, "failed", _failed_items(loop))
    elif wanted is not None and loop.counted >= wanted:
        close(decision, scope, step, "ok")
    elif work.most is not None and total > work.most:
        said = f"{total} items, and `max` is {work.most}"
        close(decision, scope, step, "failed", Failure(TOO_MANY_ITEMS, said))
    elif loop.begun >= total and not loop.live:
        _end(decision, scope, step, "ok" if work.first is None else "exhausted", None)
    else:
        while loop.begun < total and len(loop.live) < work.max_parallel:
            begin_body(decision, scope, step, loop.begun)


def _failed_items(loop: LoopRun) -> Failure:
    index = min(loop.failures)
    first = loop.failures[index]
    count = len(loop.failures)
    said = f"{count} of {len(loop.items or ())} items failed, item {index} with {first.type}"
    return Failure("items_failed", f"{said}: {first.message}", step=first.step)


def _next_round(
    decision: Decision, scope: Scope, step: StepPlan, work: Repeat, loop: LoopRun
) -> None:
    if loop.live:
        return
    if loop.failures:
        decision.fail(scope, step, next(iter(loop.failures.values())))
        return
    if loop.begun == 0:
        begin_body(decision, scope, step, 0)
        return
    body = decision.state.scopes[_key(scope, step, loop.begun - 1)]
    try:
        done = work.until.holds(decision.lookup(body, None))
    except AuterityError as error:
        decision.fail(scope, step, error)
        return
    if not done and work.longest is None and _is_endless(decision, scope, step, loop):
        said = f"{ENDLESS} rounds took no time, and `until` is still false"
        decision.fail(scope, step, Failure("endless_loop", said))
    elif done or loop.begun == work.longest:
        _end(decision, scope, step, "ok" if done else "exhausted", None)
    elif work.every:
        wake = decision.at + work.every
        decision.emit(RoundPaused(decision.at, scope.path(step), wake))
    else:
        begin_body(decision, scope, step, loop.begun)


def _is_endless(decision: Decision, scope: Scope, step: StepPlan, loop: LoopRun) -> bool:
    earlier = decision.state.scopes.get(_key(scope, step, loop.begun - ENDLESS))
    return earlier is not None and earlier.started_at == decision.at


def begin_body(decision: Decision, scope: Scope, step: StepPlan, index: int) -> None:
    """An item or a round begins."""
    key = _key(scope, step, index)
    decision.emit(BodyStarted(decision.at, key))
    decision.begin_graph(decision.state.scopes[key])


def close(
    decision: Decision, scope: Scope, step: StepPlan, outcome: str, error: Failure | None = None
) -> None:
    """A loop will end in `outcome`, once its bodies that still run have stopped."""
    run = scope.runs[step.index]
    if run is None or run.loop is None or run.status is Status.STOPPING:
        return
    if not run.loop.live:
        _end(decision, scope, step, outcome, error)
        return
    decision.emit(StepStopping(decision.at, scope.path(step), outcome, None, error))
    for key in sorted(run.loop.live, key=lambda key: decision.state.scopes[key].rank):
        decision.stop_graph(decision.state.scopes[key], "cancelled")


def due(decision: Decision, scope: Scope, step: StepPlan, run: StepRun) -> None:
    """The loop's timeout, or the pause between two rounds, is over."""
    if run.deadline is not None and run.deadline <= decision.at:
        error = Failure(TIMEOUT_ERROR, "the step ran longer than its `timeout`")
        close(decision, scope, step, "failed", error)
    elif run.loop is not None and run.status is Status.PAUSED:
        begin_body(decision, scope, step, run.loop.begun)


def _end(
    decision: Decision, scope: Scope, step: StepPlan, outcome: str, error: Failure | None
) -> None:
    decision.end(scope, step, outcome, error=error, gathered=step.has_value(outcome))


def _key(scope: Scope, step: StepPlan, index: int) -> str:
    return f"{scope.path(step)}[{index}]"
