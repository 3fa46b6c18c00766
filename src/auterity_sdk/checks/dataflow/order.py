"""Which steps of a graph come before others on every run, and which can never run both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from auterity_sdk.workflow.graph import Graph, NeedGroup
from auterity_sdk.workflow.signature import DONE, OK

Certain = Mapping[str, frozenset[str]]
"""Step → the outcomes in one of which it has ended, once a step runs."""


def before(graph: Graph, steps: frozenset[str]) -> frozenset[str]:
    """The steps, and all that they wait for."""
    seen: set[str] = set()
    waiting = list(steps)
    while waiting:
        step_id = waiting.pop()
        if step_id not in seen and step_id in graph.nodes:
            seen.add(step_id)
            waiting.extend(graph.nodes[step_id].waits_for())
    return frozenset(seen)


class Lines:
    """The steps before and behind each step of a graph without a cycle, as bits in the order of its ids."""

    def __init__(self, graph: Graph) -> None:
        self.ids = graph.order or ()
        self._bit = {step_id: 1 << at for at, step_id in enumerate(self.ids)}
        self.earlier: dict[str, int] = {}
        self.later = dict(self._bit)
        for step_id in self.ids:
            found = self._bit[step_id]
            for name in graph.nodes[step_id].waits_for():
                found |= self.earlier.get(name, 0)
            self.earlier[step_id] = found
        for step_id in reversed(self.ids):
            for name in graph.nodes[step_id].waits_for():
                if name in self.later:
                    self.later[name] |= self.later[step_id]

    def mask(self, steps: Iterable[str]) -> int:
        """Steps as bits."""
        return sum(self._bit[step] for step in set(steps) if step in self._bit)

    def of(self, mask: int) -> Iterator[str]:
        """The steps of bits, in order."""
        while mask:
            lowest = mask & -mask
            yield self.ids[lowest.bit_length() - 1]
            mask ^= lowest


def certain(graph: Graph, step_id: str) -> Certain:
    """How the steps have ended on which a step depends, as far as single edges and joins of one step tell."""
    found: dict[str, frozenset[str]] = {}
    waiting, seen = [step_id], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in graph.nodes:
            continue
        seen.add(name)
        for group in graph.nodes[name].needs:
            steps = {edge.step for edge in group.edges}
            if len(steps) == 1:
                (step,) = steps
                waiting.append(step)
                outcomes = _outcomes(group)
                if DONE not in outcomes:
                    found[step] = found.get(step, outcomes) & outcomes
    return found


def exclude_each_other(one: Certain, two: Certain) -> bool:
    """Some step would have to end in two ways."""
    return any(step in two and not outcomes & two[step] for step, outcomes in one.items())


def _outcomes(group: NeedGroup) -> frozenset[str]:
    return frozenset(edge.outcome or OK for edge in group.edges)
