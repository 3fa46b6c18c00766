"""The readings of a graph that need a value: those that no condition has made sure of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from auterity_sdk.checks.facts.expressions import Typed
from auterity_sdk.checks.soundness.faults import Reading
from auterity_sdk.diagnostics import Path
from auterity_sdk.expression.narrow import NOTHING, Paths
from auterity_sdk.workflow.graph import Graph, Node, Read
from auterity_sdk.workflow.needs import Edge
from auterity_sdk.workflow.signature import COMMON_OUTCOMES, DONE

_AT_THE_END = frozenset({"output", "until", "where", "more"})
_OF_EVERY_STEP = frozenset({DONE, *COMMON_OUTCOMES})


def of_steps(graph: Graph, known: Mapping[Path, Paths]) -> Iterator[Reading]:
    """What the steps of a graph read when they start. `known`: the values that are there then, by path."""
    for node in graph.nodes.values():
        if node.implicit or not node.reads:
            continue
        careful = {(read.step, read.at.path) for read in node.reads if not read.plain}
        sure = known.get(node.path, NOTHING)
        for read in node.reads:
            if (
                read.plain
                and (read.step, read.at.path) not in careful
                and _open(graph, node, read, sure)
            ):
                yield Reading(read.step, node.id, read.role, read.at, read.reference)


def _open(graph: Graph, node: Node, read: Read, sure: Paths) -> bool:
    if read.step == node.id or (read.step,) in sure or (read.step,) in read.reference.present:
        return False
    return not any(
        group.kind is None and _gives_value(graph, group.edges[0], read.step)
        for group in node.needs
    )


def _gives_value(graph: Graph, edge: Edge, step: str) -> bool:
    if edge.step != step or edge.outcome in _OF_EVERY_STEP:
        return False
    return edge.outcome is None or graph.nodes[step].has_value(edge.outcome)


def at_the_end(graph: Graph, expressions: Iterable[Typed]) -> Iterator[Reading]:
    """What is read once a graph is over; `expressions` are those with its names."""
    for expression in _of_the_end(graph, expressions):
        for reference in expression.references:
            step = reference.root
            if step in graph.nodes and reference.plain and (step,) not in reference.present:
                at = expression.place(reference.start, reference.end)
                yield Reading(step, "", expression.occurrence.role, at, reference)


def looked_at(graph: Graph, expressions: Iterable[Typed]) -> frozenset[str]:
    """The steps that are read once a graph is over, in whatever way."""
    found: set[str] = set()
    for expression in _of_the_end(graph, expressions):
        for reference in expression.references:
            found.update({reference.root, *reference.members[:1]} & graph.nodes.keys())
    return frozenset(found)


def _of_the_end(graph: Graph, expressions: Iterable[Typed]) -> Iterator[Typed]:
    depth = len(graph.path)
    return (each for each in expressions if each.occurrence.path[depth] in _AT_THE_END)
