"""Topological order, for graphs that need no more: loading networkx takes longer than checking a file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from heapq import heapify, heappop, heappush


def topological_order(waits_for: Mapping[str, Iterable[str]]) -> tuple[str, ...] | None:
    """The keys, each after those that it waits for, ties by key; None where there is a cycle.

    A key that waits for itself is a cycle; names that are no key are passed over.
    """
    before = {
        key: {name for name in names if name in waits_for} for key, names in waits_for.items()
    }
    after = _turned(before)
    left = {key: len(names) for key, names in before.items()}
    ready = [key for key, count in left.items() if count == 0]
    heapify(ready)
    order: list[str] = []
    while ready:
        order.append(heappop(ready))
        for key in after[order[-1]]:
            left[key] -= 1
            if left[key] == 0:
                heappush(ready, key)
    return tuple(order) if len(order) == len(before) else None


def _turned(before: Mapping[str, Collection[str]]) -> Mapping[str, Collection[str]]:
    after: dict[str, list[str]] = {key: [] for key in before}
    for key, names in before.items():
        for name in names:
            after[name].append(key)
    return after
