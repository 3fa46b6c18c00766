"""How long a step takes that ends in an outcome: at least, and at most; in milliseconds."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.graph import Graph, Node
from auterity_sdk.workflow.signature import BREACHED, SKIPPED, TIMEOUT
from auterity_sdk.workflow.step import (
    ApproveStep,
    BusinessTime,
    CallStep,
    ForEachStep,
    ReceiveStep,
    RepeatStep,
    Retry,
    SwitchStep,
    UsesStep,
    WaitStep,
    WatchStep,
)
from auterity_sdk.workflow.watched import within_of


class Bounds(NamedTuple):
    """The shortest and the longest; `inf` where nothing bounds it."""

    least: float
    most: float


def bounds(node: Node, outcome: str) -> Bounds:
    """How long a step takes from its start to that outcome."""
    if outcome == SKIPPED:
        return Bounds(0, 0)
    match node.step:
        case WaitStep(wait=Duration() as length):
            return Bounds(length.milliseconds, length.milliseconds)
        case WaitStep(wait=BusinessTime() as time):
            # At most: that depends on how long the doors are closed.
            return Bounds(time.business.milliseconds, inf)
        case ReceiveStep() as step:
            return _waiting(step.receive.timeout, outcome)
        case ApproveStep() as step:
            return _waiting(step.approve.timeout, outcome)
        case SwitchStep():
            return Bounds(0, 0)
        case WatchStep() as step:
            return _watching(step, outcome)
        case UsesStep() if node.may_pause:
            return Bounds(
                0, inf
            )  # a person is waited for, and its `timeout` does not count meanwhile
        case UsesStep() | CallStep() as step:
            return Bounds(0, min(_bound(step.timeout), attempts(step.retry)))
        case ForEachStep() | RepeatStep() as step:
            return Bounds(0, min(_bound(step.timeout), _loop(node)))
        case _:
            return Bounds(0, inf)


def attempts(retry: Retry | None) -> float:
    """The longest that all attempts take, with the pauses between them."""
    if retry is None:
        return inf
    pauses = map(retry.pauses.after, range(1, retry.attempts))
    return _bound(retry.timeout) * retry.attempts + sum(pauses)


def longest_of(graph: Graph) -> float:
    """The longest that a graph takes, in whatever way its steps end."""
    ended: dict[str, float] = {}
    for step in graph.order or ():
        node = graph.nodes[step]
        before = [ended[each] for each in node.waits_for() if each in ended]
        own = max((bounds(node, each).most for each in node.outcomes or ()), default=inf)
        ended[step] = max(before, default=0.0) + own
    return max(ended.values(), default=0.0)


def _waiting(timeout: Duration | str | None, outcome: str) -> Bounds:
    if outcome == TIMEOUT and isinstance(timeout, Duration):
        return Bounds(timeout.milliseconds, timeout.milliseconds)
    return Bounds(0, _bound(timeout))


def _watching(step: WatchStep, outcome: str) -> Bounds:
    said = within_of(step)
    limit = inf if said is None else said.limit.milliseconds
    return Bounds(limit if outcome == BREACHED and said is not None else 0, limit)


def _loop(node: Node) -> float:
    if node.body is None:
        return inf
    inside = longest_of(node.body)
    match node.step:
        case RepeatStep() as step:
            if step.repeat.max is None:
                return inf
            pause = step.repeat.every.milliseconds if step.repeat.every else 0
            return inside * step.repeat.max + pause * (step.repeat.max - 1)
        case _:
            # So many items, one after another if need be.
            return inf if inside else 0.0


def _bound(timeout: Duration | str | None) -> float:
    return timeout.milliseconds if isinstance(timeout, Duration) else inf
