"""How long a step may take from its start to its end, and how long it takes at least; in milliseconds."""

from __future__ import annotations

from math import inf

from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.graph import Graph, Node
from auterity_sdk.workflow.step import (
    ApproveStep,
    BusinessTime,
    CallStep,
    ForEachStep,
    ReceiveStep,
    RepeatStep,
    Retry,
    UsesStep,
    WaitStep,
    WatchStep,
)
from auterity_sdk.workflow.watched import within_of

Milliseconds = float


def longest(node: Node) -> Milliseconds:
    """The longest that a step may take; infinite where nothing bounds it.

    A `uses` without `timeout` counts for the pauses of its retries alone: how long a call takes is not known here,
    and the engine looks at the clock again just before an effect.
    """
    match node.step:
        case WaitStep(wait=Duration() as duration):
            return duration.milliseconds
        case WaitStep():
            return inf
        case ReceiveStep() as step:
            return _bound(step.receive.timeout)
        case ApproveStep() as step:
            return _bound(step.approve.timeout)
        case WatchStep() as step:
            said = within_of(step)
            return inf if said is None else said.limit.milliseconds
        case UsesStep() if node.may_pause:
            return inf  # a person is waited for, and its `timeout` does not count meanwhile
        case UsesStep() as step:
            return min(_bound(step.timeout), _attempts(step.retry)) if step.retry else _own(step)
        case CallStep() as step:
            return _bound(step.timeout)
        case ForEachStep() | RepeatStep() as step:
            return min(_bound(step.timeout), _loop(node))
        case _:
            return 0


def shortest(node: Node) -> Milliseconds:
    """The least that a step takes."""
    match node.step:
        case WaitStep(wait=Duration() as duration):
            return duration.milliseconds
        case WaitStep(wait=BusinessTime() as time):
            return time.business.milliseconds
        case _:
            return 0


def until_last_round(node: Node) -> Milliseconds:
    """The longest from the start of a loop to the start of its last body."""
    if node.body is None:
        return 0
    inside = longest_path(node.body)
    match node.step:
        case RepeatStep() as step:
            every = step.repeat.every.milliseconds if step.repeat.every else 0
            pause = inside + every
            rounds = inf if step.repeat.max is None else step.repeat.max - 1
            return min(_bound(step.timeout), pause * rounds if pause else 0)
        case ForEachStep() as step:
            return min(_bound(step.timeout), inf if inside else 0)
        case _:
            return 0


def longest_path(graph: Graph) -> Milliseconds:
    """The longest that a graph may take."""
    ended: dict[str, Milliseconds] = {}
    for step_id in graph.order or ():
        node = graph.nodes[step_id]
        before = [ended[name] for name in node.waits_for() if name in ended]
        ended[step_id] = max(before, default=0) + longest(node)
    return max(ended.values(), default=0)


def shortest_path(graph: Graph) -> Milliseconds:
    """The least that a graph takes in which all steps run."""
    ended: dict[str, Milliseconds] = {}
    for step_id in graph.order or ():
        node = graph.nodes[step_id]
        before = [ended[name] for name in node.waits_for() if name in ended]
        ended[step_id] = max(before, default=0) + shortest(node)
    return max(ended.values(), default=0)


def spoken(length: Milliseconds) -> str:
    """`9h`, `2d`, or `any length of time`: as messages say a duration."""
    if length == inf:
        return "any length of time"
    return str(Duration(round(length)))


def _own(step: UsesStep) -> Milliseconds:
    found = _bound(step.timeout)
    return 0 if found == inf else found


def _attempts(retry: Retry) -> Milliseconds:
    each = _bound(retry.timeout)
    total = 0.0 if each == inf else each * retry.attempts
    return total + sum(map(retry.pauses.after, range(1, retry.attempts)))


def _loop(node: Node) -> Milliseconds:
    if node.body is None:
        return 0
    inside = longest_path(node.body)
    return until_last_round(node) + inside


def _bound(timeout: Duration | str | None) -> Milliseconds:
    return timeout.milliseconds if isinstance(timeout, Duration) else inf
