"""The rule `effect-without-undo`."""

from __future__ import annotations

from collections.abc import Iterator

from auterity_sdk.checks.dataflow.order import certain
from auterity_sdk.checks.dataflow.values import effects_of
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity
from auterity_sdk.workflow.demand import Pattern
from auterity_sdk.workflow.graph import Graph, Node
from auterity_sdk.workflow.signature import DONE, FAILED
from auterity_sdk.workflow.step import CallStep, ForEachStep, RepeatStep, UsesStep

_CHANGES = (
    Pattern("write"),
    Pattern("web", {"method": ("POST", "PUT", "PATCH", "DELETE")}),
)
_MAY_FAIL = UsesStep | CallStep | ForEachStep | RepeatStep


@rule("AUT606", Severity.WARNING)
def effect_without_undo(subject: Subject) -> Found:
    """A workflow that undoes what it did leaves one effect as it is.

    ## What it checks

    In a workflow in which some step has `compensate`: that a step whose type declares a change in another
    system (an effect `write`, or `web` with a method that changes something) has one too, where a later step
    of its graph may fail with nobody to handle it.

    ## Why it matters

    When the later step fails, all else is undone, and this change stays: a car that is still held, an order
    that nobody wants.

    ## Example

        auterity: 1
        name: demo
        steps:
          hold:
            uses: http.request
            with: {url: "https://stock.example/holds/7", method: PUT}
            compensate: {uses: http.request, with: {url: "https://stock.example/holds/7", method: DELETE}}
          book:
            needs: hold
            uses: http.request
            with: {url: "https://shop.example/slots/7", method: PUT}
          tell:
            needs: book
            uses: task.assign
            with: {role: sales, due: 5m, title: Booked}

    ## Instead

        auterity: 1
        name: demo
        steps:
          hold:
            uses: http.request
            with: {url: "https://stock.example/holds/7", method: PUT}
            compensate: {uses: http.request, with: {url: "https://stock.example/holds/7", method: DELETE}}
          book:
            needs: hold
            uses: http.request
            with: {url: "https://shop.example/slots/7", method: PUT}
            compensate: {uses: http.request, with: {url: "https://shop.example/slots/7", method: DELETE}}
          tell:
            needs: book
            uses: task.assign
            with: {role: sales, due: 5m, title: Booked}
    """
    if not any(_undone(node) for node in subject.nodes()):
        return
    for graph in subject.graphs:
        for node in graph.nodes.values():
            if isinstance(node.step, UsesStep) and not _undone(node) and _changes(node):
                later = next(_failing_after(graph, node), None)
                if later is not None:
                    yield _finding(node, later)


def _finding(node: Node, later: Node) -> Finding:
    return Finding(
        f"what `{node.id}` does is not undone when `{later.id}` fails",
        Location((*node.path, "uses")),
        (Location(later.path, "key", label="nothing handles its failure"),),
        help=(f"add `compensate`, or say by `{later.id}.failed` what happens then",),
    )


def _undone(node: Node) -> bool:
    return isinstance(node.step, UsesStep | CallStep) and node.step.compensate is not None


def _changes(node: Node) -> bool:
    """Some effect surely changes something; a method that only a run will tell is none that does."""
    for effect, details in effects_of(node):
        known = {name: word for name, word in details.items() if word is not None}
        if any(pattern.fits(effect.kind, known) for pattern in _CHANGES):
            return True
    return False


def _failing_after(graph: Graph, node: Node) -> Iterator[Node]:
    """The steps that start after it ended well, and whose failure nothing handles, in the order of the file."""
    handled = _handled(graph)
    behind = {node.id}
    for step_id in graph.order or ():
        if not behind.isdisjoint(graph.nodes[step_id].waits_for()):
            behind.add(step_id)
    unhandled = behind - {node.id} - handled
    for later in graph.nodes.values():
        if later.id in unhandled and isinstance(later.step, _MAY_FAIL):
            ended = certain(graph, later.id).get(node.id)
            if ended is None or any(node.has_value(outcome) for outcome in ended):
                yield later


def _handled(graph: Graph) -> frozenset[str]:
    """The steps of which an edge or an end names the failure."""
    groups = [group for node in graph.nodes.values() for group in node.needs]
    groups += [group for end in graph.ends.values() for group in end]
    return frozenset(
        edge.step for group in groups for edge in group.edges if edge.outcome in (FAILED, DONE)
    )
