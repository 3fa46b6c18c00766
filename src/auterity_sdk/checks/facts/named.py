"""Which outcomes of which steps something names: an edge, an end, or a reading of `outcome.step`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from auterity_sdk.checks.facts.expressions import Typed
from auterity_sdk.diagnostics import Path
from auterity_sdk.workflow.graph import OUTCOME, Graph
from auterity_sdk.workflow.signature import DONE, OK, UNCERTAIN
from auterity_sdk.workflow.step import WatchStep

ALL = DONE
"""Stands among the names for any outcome but `uncertain`, which is named by that word or by a reading of the outcome."""


def named_outcomes(
    graphs: Iterable[Graph], expressions: Iterable[Typed]
) -> Mapping[Path, frozenset[str]]:
    """The path of a step → the outcomes of it that are named; `ALL` among them for any but `uncertain`."""
    named: dict[Path, set[str]] = {}
    for graph in graphs:
        groups = [group for node in graph.nodes.values() for group in node.needs]
        groups += [group for end in graph.ends.values() for group in end]
        for node in graph.nodes.values():
            if isinstance(node.step, WatchStep):
                # A breach is told in any case: a step may handle it, and need not.
                named.setdefault(node.path, set()).add(ALL)
        for group in groups:
            for edge in group.edges:
                if edge.step in graph.nodes:
                    path = graph.nodes[edge.step].path
                    named.setdefault(path, set()).add(edge.outcome or OK)
    for expression in expressions:
        for reference in expression.references:
            if reference.root == OUTCOME and reference.members:
                for graph in expression.graphs:
                    if reference.members[0] in graph.nodes:
                        path = graph.nodes[reference.members[0]].path
                        named.setdefault(path, set()).update((ALL, UNCERTAIN))
                        break
    return {path: frozenset(outcomes) for path, outcomes in named.items()}
