"""Cycles among the steps of a graph, each by a shortest one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from auterity_sdk.workflow.graph import Graph

_MOST_STARTS = 50
"""In a larger knot, the shortest cycle through these of its steps is shown: finding it stays quick."""


def shortest_cycles(graph: Graph) -> Iterator[tuple[str, ...]]:
    """A shortest cycle for each set of steps that all wait for each other, beginning with its first id.

    A step that waits for itself alone is none.
    """
    if graph.order is not None:
        return
    import networkx  # here, since it takes longer to load than a file without a cycle to check

    knots = networkx.strongly_connected_components(graph.digraph)
    for knot in sorted(sorted(found) for found in knots if len(found) > 1):
        members = set(knot)
        after = {step: sorted(members & {*graph.digraph[step]} - {step}) for step in knot}
        found = [_through(after, start) for start in knot[:_MOST_STARTS]]
        yield min(found, key=lambda cycle: (len(cycle), cycle))


def _through(after: Mapping[str, Sequence[str]], start: str) -> tuple[str, ...]:
    """A shortest cycle through `start`, which has one."""
    before: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        step = waiting.popleft()
        for reached in after[step]:
            if reached == start:
                return _path(before, start, step)
            if reached not in before:
                before[reached] = step
                waiting.append(reached)
    return (start,)


def _path(before: Mapping[str, str], start: str, last: str) -> tuple[str, ...]:
    path = [last]
    while path[-1] != start:
        path.append(before[path[-1]])
    return tuple(reversed(path))
