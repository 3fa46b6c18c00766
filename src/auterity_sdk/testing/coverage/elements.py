"""What there is to exercise in a workflow: outcomes of steps, edges between them, and ways in which steps fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from auterity_sdk.workflow.graph import Graph, Node
from auterity_sdk.workflow.needs import Edge
from auterity_sdk.workflow.signature import CANCELLED, DONE, FAILED, OK, SKIPPED, UNCERTAIN
from auterity_sdk.workflow.step import CallStep, UsesStep

Kind = Literal["outcome", "edge", "failure"]
KINDS: tuple[Kind, ...] = ("outcome", "edge", "failure")

RETRIED = "retried"
UNDONE = "undone"


class Element(Struct, frozen=True):
    """One thing. `step` is a path without indexes; an edge has a `target`, an end where `is_end`.

    A failure is the outcome `failed` where something names it, `retried` (an attempt failed, and another followed) or
    `undone` (the step's compensation ran).
    """

    kind: Kind
    step: str
    outcome: str
    target: str = ""
    is_end: bool = False

    @property
    def name(self) -> str:
        """As a report names it: `text.failed → call`."""
        if self.kind == "edge":
            return f"{self.step}.{self.outcome} → {self.target}"
        word = self.outcome in (RETRIED, UNDONE)
        return f"{self.step} {self.outcome}" if word else f"{self.step}.{self.outcome}"

    @property
    def graph(self) -> str:
        """The path of the graph that it is in, with its `/`; empty for the workflow's own."""
        loop, slash, _ = self.step.rpartition("/")
        return loop + slash


def elements(graph: Graph, prefix: str = "") -> Iterator[Element]:
    """All of a graph and of the bodies in it, by step."""
    named = {(edge.step, edge.outcome or OK) for edge in _edges(graph)}
    for node in graph.nodes.values():
        yield from _outcomes(node, prefix, named)
        for group in node.needs:
            for edge in group.edges:
                if edge.step in graph.nodes:
                    yield Element("edge", prefix + edge.step, edge.outcome or OK, node.id)
        if node.body is not None:
            yield from elements(node.body, f"{prefix}{node.id}/")
    for name, groups in graph.ends.items():
        for group in groups:
            for edge in group.edges:
                if edge.step in graph.nodes:
                    yield Element("edge", prefix + edge.step, edge.outcome or OK, name, is_end=True)


def _outcomes(node: Node, prefix: str, named: set[tuple[str, str]]) -> Iterator[Element]:
    path = prefix + node.id
    for outcome in node.outcomes or ():
        yield Element("outcome", path, outcome)
    if node.step is not None and node.step.when is not None:
        yield Element("outcome", path, SKIPPED)
    for outcome in (CANCELLED, UNCERTAIN):
        if (node.id, outcome) in named:
            yield Element("outcome", path, outcome)
    if (node.id, FAILED) in named:
        yield Element("failure", path, FAILED)
    step = node.step
    if isinstance(step, UsesStep | CallStep):
        if step.retry is not None and step.retry.attempts > 1:
            yield Element("failure", path, RETRIED)
        if step.compensate is not None:
            yield Element("failure", path, UNDONE)


def _edges(graph: Graph) -> Iterator[Edge]:
    groups = [group for node in graph.nodes.values() for group in node.needs]
    groups += [group for end in graph.ends.values() for group in end]
    return (edge for group in groups for edge in group.edges)


def matches(edge_outcome: str, outcome: str) -> bool:
    """Whether a step that ended in an outcome meets an edge of that name."""
    return edge_outcome in (outcome, DONE)
