"""Witnesses: one way through a graph on which a step surely can start, as the outcome of each step on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from auterity_sdk.checks.facts.feasibility import Feasibility, Outcomes, met_by
from auterity_sdk.workflow.graph import Graph, NeedGroup
from auterity_sdk.workflow.needs import Edge, JoinKind

Way = Mapping[str, Outcomes]
"""Step → the outcomes any of which it may end in on this way."""


class Witnesses(Struct):
    """Looks for ways in one graph without a cycle. It gives up after `budget` looks at steps in all."""

    graph: Graph
    feasible: Feasibility
    budget: int = 200_000
    _rank: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._rank.update((step, at) for at, step in enumerate(self.graph.order or ()))

    def around(self, groups: Sequence[NeedGroup], step: str) -> Way | None:
        """A way on which all groups are met and which does not come by `step`; None if none is known."""
        way = self.of_groups(groups, step)
        return None if way is None or step in way else way

    def of_groups(self, groups: Sequence[NeedGroup], without: str | None) -> Way | None:
        """A way on which all groups are met and the step `without` gives no value; None if none is known."""
        ancestors = self._ancestors(groups)
        if ancestors is None:
            return None
        chosen: dict[str, tuple[Edge, ...] | None] = {}
        for step in sorted(ancestors, key=self._rank.__getitem__):
            chosen[step] = self._choose(self.graph.nodes[step].needs, without, chosen)
        start = self._choose(groups, without, chosen)
        return None if start is None else self._way(start, chosen)

    def _ancestors(self, groups: Sequence[NeedGroup]) -> set[str] | None:
        seen: set[str] = set()
        waiting = [edge.step for group in groups for edge in group.edges]
        while waiting:
            step = waiting.pop()
            if step in seen or step not in self._rank:
                continue
            seen.add(step)
            self.budget -= 1
            if self.budget < 0:
                return None
            needs = self.graph.nodes[step].needs
            waiting.extend(edge.step for group in needs for edge in group.edges)
        return seen

    def _choose(
        self,
        groups: Sequence[NeedGroup],
        without: str | None,
        chosen: Mapping[str, tuple[Edge, ...] | None],
    ) -> tuple[Edge, ...] | None:
        """Edges enough to meet every group, all of which may be met; None if there are too few."""
        picked: list[Edge] = []
        for group in groups:
            usable = [edge for edge in group.edges if self._usable(edge, without, chosen)]
            wanted = group.count if group.kind is JoinKind.AT_LEAST else 1
            if len(usable) < wanted:
                return None
            picked.extend(usable[:wanted])
        return tuple(picked)

    def _usable(
        self, edge: Edge, without: str | None, chosen: Mapping[str, tuple[Edge, ...] | None]
    ) -> bool:
        if chosen.get(edge.step) is None:
            return False
        possible = self.feasible.possible[edge.step]
        if possible is None or not met_by(edge, possible) & possible:
            return False
        return edge.step != without or bool(self._without_value(edge))

    def _without_value(self, edge: Edge) -> Outcomes:
        node = self.graph.nodes[edge.step]
        met = met_by(edge, self.feasible.possible[edge.step])
        return frozenset(outcome for outcome in met if not node.has_value(outcome))

    def _way(
        self, start: Sequence[Edge], chosen: Mapping[str, tuple[Edge, ...] | None]
    ) -> Way | None:
        way: dict[str, Outcomes] = {}
        taken: set[str] = set()
        waiting = list(start)
        while waiting:
            edge = waiting.pop()
            met = met_by(edge, self.feasible.possible[edge.step])
            way[edge.step] = way.get(edge.step, met) & met
            if not way[edge.step]:
                return None
            if edge.step not in taken:
                taken.add(edge.step)
                waiting.extend(chosen[edge.step] or ())
        return way
