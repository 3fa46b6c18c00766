"""What can run at all: for each step, what must have happened before it starts.

Outcomes count as free choices of their steps. A condition may know too little, never too much, so what is
called impossible surely is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct, field

from auterity_sdk.workflow.graph import Graph, NeedGroup, Node
from auterity_sdk.workflow.needs import Edge
from auterity_sdk.workflow.signature import (
    CANCELLED,
    COMMON_OUTCOMES,
    DONE,
    FAILED,
    SKIPPED,
    UNCERTAIN,
)

Outcomes = frozenset[str]
Condition = Mapping[str, Outcomes]
"""Step → the outcomes one of which it must have ended in. Only steps with several outcomes that are named."""

_MOST_KNOWN = 64
"""A condition keeps this many of its nearest choices: knowing less finds less, and stays linear."""

_NOTHING_KNOWN: Condition = {}


class Never(Struct, frozen=True):
    """Why a step or end is never reached.

    `edge`: an edge of `group` can never be met. `conflict`: `group` and `other` exclude each other, by the
    outcome of `decider`. `before`: it waits for a step that never runs, and `root` is the first such.
    """

    kind: Literal["edge", "conflict", "before"]
    group: NeedGroup
    other: NeedGroup | None = None
    decider: str = ""
    root: str = ""


class Feasibility(Struct):
    """Of one graph: the outcomes that are possible, and the steps and ends that are never reached."""

    possible: dict[str, Outcomes | None] = field(default_factory=dict)
    conditions: dict[str, Condition | None] = field(default_factory=dict)
    steps: dict[str, Never] = field(default_factory=dict)
    ends: dict[str, Never] = field(default_factory=dict)
    cancels: bool = False


def feasibility(graph: Graph) -> Feasibility:
    """Work it out in one pass in topological order. The graph has no cycle."""
    return _Pass(graph).run()


def possible_outcomes(node: Node, *, cancels: bool) -> Outcomes | None:
    """The outcomes in which a step may end; None where its own are not known."""
    if node.outcomes is None or node.step is None:
        return None
    common = {FAILED}
    if node.step.when is not None:
        common.add(SKIPPED)
    if cancels:
        common.add(CANCELLED)
    if node.may_be_uncertain:
        common.add(UNCERTAIN)
    return frozenset((*node.outcomes, *common))


def met_by(edge: Edge, possible: Outcomes | None) -> Outcomes:
    """The outcomes of its step by which an edge is met."""
    if edge.outcome == DONE:
        return possible or frozenset()
    return frozenset((edge.outcome or "",))


def cancels_some(graph: Graph) -> bool:
    """Some join or end of the graph cancels steps."""
    groups = [group for node in graph.nodes.values() for group in node.needs]
    groups += [group for end in graph.ends.values() for group in end]
    return any(group.cancel_rest for group in groups)


class _Pass:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._made = Feasibility(cancels=cancels_some(graph))
        self._deciders = _deciders(graph)

    def run(self) -> Feasibility:
        made, graph = self._made, self._graph
        for step_id in graph.order or ():
            node = graph.nodes[step_id]
            made.possible[step_id] = possible_outcomes(node, cancels=made.cancels)
            condition, never = self._all(node.needs)
            made.conditions[step_id] = condition
            if never is not None:
                made.steps[step_id] = never
        for name, groups in graph.ends.items():
            _, never = self._all(groups)
            if never is not None:
                made.ends[name] = never
        return made

    def _all(self, groups: Sequence[NeedGroup]) -> tuple[Condition | None, Never | None]:
        known: Condition = _NOTHING_KNOWN
        parts: list[tuple[NeedGroup, Condition]] = []
        for group in groups:
            condition = self._group(group)
            if condition is None:
                return None, self._why(group)
            decider = _conflict(known, condition)
            if decider is not None:
                other = next((g for g, c in parts if _conflict(c, condition) == decider), None)
                return None, Never("conflict", group, other or parts[-1][0], decider)
            known = _both(known, condition)
            parts.append((group, condition))
        return known, None

    def _group(self, group: NeedGroup) -> Condition | None:
        conditions = [self._edge(edge) for edge in group.edges]
        feasible = [condition for condition in conditions if condition is not None]
        if not feasible:
            return None
        return feasible[0] if len(feasible) == 1 else _either(feasible)

    def _edge(self, edge: Edge) -> Condition | None:
        if edge.step not in self._made.conditions:
            return _NOTHING_KNOWN
        before = self._made.conditions[edge.step]
        possible = self._made.possible[edge.step]
        met = met_by(edge, possible)
        if before is None or self._impossible(edge, possible):
            return None
        if edge.step not in self._deciders or possible is None:
            return before
        return _capped({**before, edge.step: met})

    def _impossible(self, edge: Edge, possible: Outcomes | None) -> bool:
        """The step cannot end so. A name that no step has at all is another rule's finding."""
        if possible is None or edge.outcome not in COMMON_OUTCOMES or edge.outcome == UNCERTAIN:
            return False
        return edge.outcome not in possible

    def _why(self, group: NeedGroup) -> Never:
        for edge in group.edges:
            if self._made.conditions.get(edge.step, _NOTHING_KNOWN) is None:
                before = self._made.steps[edge.step]
                return Never("before", group, root=before.root or edge.step)
        return Never("edge", group)


def _deciders(graph: Graph) -> frozenset[str]:
    """The steps of which more than one outcome is named: only they can tell branches apart."""
    named: dict[str, set[str | None]] = {}
    groups = [group for node in graph.nodes.values() for group in node.needs]
    groups += [group for end in graph.ends.values() for group in end]
    for group in groups:
        for edge in group.edges:
            named.setdefault(edge.step, set()).add(edge.outcome)
    return frozenset(step for step, outcomes in named.items() if len(outcomes) > 1)


def _conflict(one: Condition, two: Condition) -> str | None:
    """A step that would have to end in two ways at once."""
    if one is two or not one or not two:
        return None
    small, large = (one, two) if len(one) <= len(two) else (two, one)
    return next(
        (step for step, out in small.items() if step in large and not out & large[step]), None
    )


def _both(one: Condition, two: Condition) -> Condition:
    if one is two or not two:
        return one
    if not one:
        return two
    return _capped({**one, **{s: out & one[s] if s in one else out for s, out in two.items()}})


def _either(conditions: Sequence[Condition]) -> Condition:
    first, *rest = conditions
    if all(other is first for other in rest):
        return first
    shared = [step for step in first if all(step in other for other in rest)]
    return {step: frozenset().union(*(each[step] for each in conditions)) for step in shared}


def _capped(condition: dict[str, Outcomes]) -> Condition:
    if len(condition) <= _MOST_KNOWN:
        return condition
    return dict(list(condition.items())[-_MOST_KNOWN:])
