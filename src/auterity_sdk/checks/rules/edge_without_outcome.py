"""The rule `edge-without-outcome`."""

from __future__ import annotations

from auterity_sdk.checks.proposals import renamed
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.graph import Node
from auterity_sdk.workflow.signature import OK


@rule("AUT320")
def edge_without_outcome(subject: Subject) -> Found:
    """An edge without an outcome leads from a step that has no `ok`.

    ## What it checks

    That `a` alone, which is short for `a.ok`, stands only for steps that have an `ok`.

    ## Why it matters

    What should follow an approval would follow a rejection as well, if `a` meant any outcome.

    ## Example

        auterity: 1
        name: demo
        steps:
          ask:
            approve: {role: manager, timeout: 2d}
          sell: {needs: ask, wait: 1m}
          stop: {needs: {one: [ask.rejected, ask.timeout]}, wait: 1m}

    ## Instead

        auterity: 1
        name: demo
        steps:
          ask:
            approve: {role: manager, timeout: 2d}
          sell: {needs: ask.approved, wait: 1m}
          stop: {needs: {one: [ask.rejected, ask.timeout]}, wait: 1m}
    """
    for graph in subject.graphs:
        implicit = [(node, group) for node in graph.nodes.values() for group in node.needs]
        ends = [(None, group) for end in graph.ends.values() for group in end]
        for owner, group in (*implicit, *ends):
            for edge, place in zip(group.edges, group.places, strict=True):
                node = graph.nodes.get(edge.step)
                if (
                    node is None
                    or node.outcomes is None
                    or edge.outcome != OK
                    or OK in node.outcomes
                ):
                    continue
                yield _finding(node, place, implicit=owner is not None and owner.implicit)


def _finding(node: Node, place: Location, *, implicit: bool) -> Finding:
    outcomes = node.outcomes or ()
    listed = ", ".join(f"`{node.id}.{outcome}`" for outcome in outcomes)
    label = f"outcomes: {', '.join(outcomes)}"
    advice = f"say which one: {listed}, or `{node.id}.done` for any"
    message = f"the step `{node.id}` has no outcome `ok`"
    fixes = renamed(place, f"{node.id}.{outcomes[0]}" if outcomes else None)
    if implicit:
        fixes = ()
        message = f"reading `{node.id}` waits for its `ok`, which it does not have"
        advice = f"add `needs` with one of {listed}"
    related = (Location(node.path, "key", label=label),)
    return Finding(message, place, related, help=(advice,), fixes=fixes)
