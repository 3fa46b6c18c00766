"""Every expression of a workflow, with who reads it, its type, its problems and what it reads."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from auterity_sdk.diagnostics import Location
from auterity_sdk.expression.compile import Compiled
from auterity_sdk.expression.problem import Kind, Problem
from auterity_sdk.expression.references import Reference, references
from auterity_sdk.expression.templates import parse_template
from auterity_sdk.expression.types import Type
from auterity_sdk.workflow import occurrences
from auterity_sdk.workflow.graph import Graph, Node
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.occurrences import Occurrence
from auterity_sdk.workflow.scope import ROLES_OF_ENTRY, Scope, Scopes
from auterity_sdk.workflow.step import ForEachStep, RepeatStep


class Typed(Struct, frozen=True, dict=True):
    """One expression. `graphs` are those whose names it may read, inner first; `node` is the step that it
    stands in, None outside of steps. `start` is where it begins in its text."""

    occurrence: Occurrence
    node: Node | None
    graphs: tuple[Graph, ...]
    scope: Scope
    text: str
    start: int
    compiled: Compiled | None
    problems: tuple[Problem, ...]

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """What it reads."""
        return references(self.text)

    @property
    def type(self) -> Type | None:
        """Its type, None where it has a problem."""
        return self.compiled.type if self.compiled else None

    @property
    def whole(self) -> Location:
        """The place of the expression."""
        return self.place(0, len(self.text))

    def place(self, start: int, end: int, label: str = "") -> Location:
        """The place of a part of the expression."""
        fragment = (self.start + start, self.start + end)
        return Location(self.occurrence.path, fragment=fragment, label=label)

    def is_early(self, name: str) -> bool:
        """The name is a step's, and this is read before a run has any."""
        early = self.occurrence.role in ROLES_OF_ENTRY
        return early and any(name in graph.nodes for graph in self.graphs)

    def of_kind(self, *kinds: Kind) -> Iterator[Problem]:
        """Its problems of these kinds."""
        return (problem for problem in self.problems if problem.kind in kinds)


def typed_expressions(workflow: Workflow, graph: Graph, scopes: Scopes) -> Iterator[Typed]:
    """All expressions, those of the workflow first."""
    for occurrence in occurrences.of_workflow(workflow):
        yield from _typed(scopes, graph, None, occurrence)
    for around in graph.walk():
        for node in around.nodes.values():
            yield from _of_node(scopes, around, node)


def _of_node(scopes: Scopes, graph: Graph, node: Node) -> Iterator[Typed]:
    if node.step is None:
        return
    for occurrence in occurrences.of_step(node.step, node.path):
        yield from _typed(scopes, graph, node, occurrence)
    if node.body is not None and isinstance(node.step, ForEachStep | RepeatStep):
        for occurrence in occurrences.of_body(node.step, node.path):
            yield from _typed(scopes, node.body, node, occurrence)


def _typed(
    scopes: Scopes, graph: Graph, node: Node | None, occurrence: Occurrence
) -> Iterator[Typed]:
    around, scope = scopes.enclosing(graph), scopes.at(graph, occurrence.role)
    if occurrence.templated:
        parsed = parse_template(occurrence.text)
        if isinstance(parsed, Problem):
            yield Typed(occurrence, node, around, scope, occurrence.text, 0, None, (parsed,))
            return
    texts = occurrence.expressions()
    for (start, text), part in zip(texts, scopes.compile(graph, occurrence), strict=True):
        yield Typed(occurrence, node, around, scope, text, start, part.compiled, part.problems)
