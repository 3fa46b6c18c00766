"""The rule `no-timeout`."""

from __future__ import annotations

from collections.abc import Iterator

from auterity_sdk.checks.dataflow.values import argument_value, declared
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity
from auterity_sdk.workflow.declaration import Argument
from auterity_sdk.workflow.graph import Graph, Node
from auterity_sdk.workflow.needs import Edge
from auterity_sdk.workflow.signature import FAILED
from auterity_sdk.workflow.step import UsesStep

_OUTSIDE = frozenset({"send", "web", "write", "publish", "credit.pull", "credit.submit", "share"})
"""What is done in another system. That a model is asked has a rule of its own, `llm-failure-branch`."""


@rule("AUT603", Severity.WARNING)
def no_timeout(subject: Subject) -> Found:
    """The failure of a step that asks another system is provided for, and need never come.

    ## What it checks

    Steps whose type declares that they act in another system (a message, a request, a write, a publication, a
    credit report or application, data that is shared), and whose `failed` an edge or an end names: that such a
    step has a `timeout`, or a `timeout` in its `retry`. Nothing is asked where the type has an argument
    `timeout` of its own with a value, as `http.request` does.

    ## Why it matters

    A system that takes the request and never answers is no failure: what was to happen then waits for ever. A
    `timeout` of the whole workflow ends the run instead.

    ## Example

        auterity: 1
        name: demo
        input: {phone: string}
        steps:
          text:
            uses: sms.send
            with: {to: "${input.phone}", body: Hello}
          call:
            needs: text.failed
            uses: task.assign
            with: {role: sales, due: 5m, title: "Call ${input.phone}"}
        ends: {texted: text, called: call}

    ## Instead

        auterity: 1
        name: demo
        input: {phone: string}
        steps:
          text:
            uses: sms.send
            with: {to: "${input.phone}", body: Hello}
            timeout: 5m
          call:
            needs: text.failed
            uses: task.assign
            with: {role: sales, due: 5m, title: "Call ${input.phone}"}
        ends: {texted: text, called: call}
    """
    for graph in subject.graphs:
        for edge, place in _provided_for(graph).values():
            node = graph.nodes.get(edge.step)
            if node is not None and _is_outside(node) and not _is_bounded(node):
                yield Finding(
                    f"`{node.id}` has no time limit, so it may never fail",
                    Location((*node.path, "uses")),
                    (place,),
                    help=("add a `timeout`",),
                )


def _provided_for(graph: Graph) -> dict[str, tuple[Edge, Location]]:
    """The steps of which an edge or an end names the failure, with the first place that does."""
    found: dict[str, tuple[Edge, Location]] = {}
    for edge, place in _edges(graph):
        if edge.outcome == FAILED:
            named = Location(place.path, place.part, place.fragment, "waits for its failure")
            found.setdefault(edge.step, (edge, named))
    return found


def _edges(graph: Graph) -> Iterator[tuple[Edge, Location]]:
    for groups in (*(node.needs for node in graph.nodes.values()), *graph.ends.values()):
        for group in groups:
            yield from zip(group.edges, group.places, strict=True)


def _is_outside(node: Node) -> bool:
    return any(effect.kind in _OUTSIDE for effect in declared(node.signature))


def _is_bounded(node: Node) -> bool:
    step = node.step
    if not isinstance(step, UsesStep) or step.timeout or (step.retry and step.retry.timeout):
        return True
    return argument_value(node, Argument("timeout")) is not None
