"""The rule `unknown-step`."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from auterity_sdk.checks.proposals import renamed
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.workflow.graph import Graph, NeedGroup
from auterity_sdk.workflow.needs import Edge


@rule("AUT301")
def unknown_step(subject: Subject) -> Found:
    """An edge names a step that is not there.

    ## What it checks

    That every edge of `needs`, of a join and of an end names a step of its own graph. Steps in a body see
    each other, not those around the body.

    ## Why it matters

    A step that waits for nothing known would never run.

    ## Example

        auterity: 1
        name: demo
        steps:
          greet: {wait: 1h}
          remind: {needs: great, wait: 1d}

    ## Instead

        auterity: 1
        name: demo
        steps:
          greet: {wait: 1h}
          remind: {needs: greet, wait: 1d}
    """
    for graph in subject.graphs:
        for node in graph.nodes.values():
            if not node.implicit:
                yield from _unknown(subject, graph, node.needs)
        for groups in graph.ends.values():
            yield from _unknown(subject, graph, groups)


def _unknown(subject: Subject, graph: Graph, groups: Sequence[NeedGroup]) -> Found:
    for group in groups:
        for edge, place in zip(group.edges, group.places, strict=True):
            if edge.step not in graph.nodes:
                near = subject.similar(edge.step, graph.nodes)
                advice = _help(subject, graph, edge, near)
                fixes = renamed(replace(place, fragment=(0, len(edge.step))), near)
                yield Finding(f"there is no step `{edge.step}`", place, help=advice, fixes=fixes)


def _help(subject: Subject, graph: Graph, edge: Edge, near: str | None) -> tuple[str, ...]:
    if near:
        return (f"a step with a similar name exists: `{near}`",)
    other = next((each for each in subject.graphs if edge.step in each.nodes), None)
    if other is None:
        return ("write the id of a step",)
    if other.path[: len(graph.path)] == graph.path:
        return ("it is inside a body: wait for the step that holds the body",)
    return ("it is outside this body: let the step that holds the body wait for it",)
