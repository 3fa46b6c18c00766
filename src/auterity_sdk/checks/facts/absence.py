"""Whether a step may surely be without a value when another one that reads it starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auterity_sdk.checks.facts.feasibility import met_by
from auterity_sdk.checks.facts.witness import Way, Witnesses
from auterity_sdk.workflow.graph import Graph, NeedGroup
from auterity_sdk.workflow.needs import Edge
from auterity_sdk.workflow.signature import DONE, FAILED, SKIPPED, TIMEOUT


@dataclass
class Absence:
    """Answers for one graph without a cycle."""

    graph: Graph
    witnesses: Witnesses
    handled_failures: frozenset[str]

    def way(self, groups: Sequence[NeedGroup], step: str) -> Way | None:
        """A way on which all groups are met while `step` has no value; None if there is surely none, or none is sure."""
        if _guarded(groups, step):
            return None
        way = self.witnesses.of_groups(groups, step)
        if way is None or self._read_on(way, step):
            return None
        return way if self._may_lack_value(step, way) else None

    def _read_on(self, way: Way, step: str) -> bool:
        """A step on the way reads `step`: what it found there may have decided about the way."""
        nodes = self.graph.nodes
        return any(read.step == step for each in way for read in nodes[each].reads)

    def _may_lack_value(self, step: str, way: Way) -> bool:
        """The step can end without a value, or be left out, on a run that goes this way."""
        seen: set[str] = set()
        waiting = [step]
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            if current == step and (current in way or self._ends_without_value(current)):
                return True
            for group in self.graph.nodes[current].needs:
                if self._may_be_unmet(group, way):
                    return True
                if group.kind is None and group.edges[0].step not in way:
                    waiting.extend(
                        edge.step for edge in group.edges if edge.step in self.graph.nodes
                    )
        return False

    def _ends_without_value(self, step: str) -> bool:
        possible = self.witnesses.feasible.possible[step]
        lacking = {TIMEOUT, SKIPPED} | ({FAILED} if step in self.handled_failures else set())
        return possible is not None and bool(possible & lacking)

    def _may_be_unmet(self, group: NeedGroup, way: Way) -> bool:
        """Every edge of the group can stay unmet at once."""
        by_step: dict[str, list[Edge]] = {}
        for edge in group.edges:
            by_step.setdefault(edge.step, []).append(edge)
        return all(self._all_unmet(step, edges, way) for step, edges in by_step.items())

    def _all_unmet(self, step: str, edges: Sequence[Edge], way: Way) -> bool:
        possible = self.witnesses.feasible.possible.get(step)
        if possible is None:
            return False
        met = frozenset().union(*(met_by(edge, possible) for edge in edges))
        if step in way:
            return not way[step] & met
        node = self.graph.nodes[step]
        ends = set(node.outcomes or ()) | (possible & {SKIPPED})
        if step in self.handled_failures:
            ends.add(FAILED)
        return bool(ends - met)


def _guarded(groups: Sequence[NeedGroup], step: str) -> bool:
    """A need of its own asks for the value: the usual case, without a look at the graph."""
    without = (DONE, FAILED, SKIPPED, TIMEOUT, "cancelled")
    return any(
        group.kind is None and group.edges[0].step == step and group.edges[0].outcome not in without
        for group in groups
    )


def handled_failures(graph: Graph) -> frozenset[str]:
    """The steps whose failure an edge or an end names, so that the graph goes on."""
    groups = [group for node in graph.nodes.values() for group in node.needs]
    groups += [group for end in graph.ends.values() for group in end]
    return frozenset(
        edge.step for group in groups for edge in group.edges if edge.outcome in (FAILED, DONE)
    )
