"""The rule `unknown-outcome`."""

from __future__ import annotations

from auterity_sdk.checks.proposals import renamed
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.graph import Node
from auterity_sdk.workflow.needs import Edge
from auterity_sdk.workflow.signature import COMMON_OUTCOMES, DONE, OK, TIMEOUT, UNCERTAIN


@rule("AUT319")
def unknown_outcome(subject: Subject) -> Found:
    """An edge names an outcome that its step does not have.

    ## What it checks

    That the outcome of every edge is one of its step's own, or one of `failed`, `skipped`, `cancelled` and
    `done`; `uncertain` only of a step whose attempts cannot be repeated without a second effect.

    ## Why it matters

    The edge would never be met.

    ## Example

        auterity: 1
        name: demo
        steps:
          reply:
            receive: {event: sms.received, timeout: 2d}
          thank: {needs: reply.recieved, wait: 1m}
          call: {needs: reply.timeout, wait: 1m}

    ## Instead

        auterity: 1
        name: demo
        steps:
          reply:
            receive: {event: sms.received, timeout: 2d}
          thank: {needs: reply.received, wait: 1m}
          call: {needs: reply.timeout, wait: 1m}
    """
    for graph in subject.graphs:
        groups = [group for node in graph.nodes.values() for group in node.needs]
        groups += [group for end in graph.ends.values() for group in end]
        for group in groups:
            for edge, place in zip(group.edges, group.places, strict=True):
                node = graph.nodes.get(edge.step)
                if node is None or node.outcomes is None or edge.outcome in (OK, DONE):
                    continue
                if edge.outcome == UNCERTAIN and not node.may_be_uncertain:
                    yield _never_uncertain(node, place)
                elif edge.outcome not in (*node.outcomes, *COMMON_OUTCOMES):
                    yield _finding(subject, edge, node, place)


def _finding(subject: Subject, edge: Edge, node: Node, place: Location) -> Finding:
    own = node.outcomes or ()
    near = subject.similar(edge.outcome or "", (*own, *COMMON_OUTCOMES, DONE))
    listed = ", ".join(f"`{outcome}`" for outcome in own)
    fixes = renamed(place, f"{node.id}.{near}" if near else None)
    advice = (
        f"a similar outcome exists: `{node.id}.{near}`" if near else f"its outcomes are {listed}"
    )
    if edge.outcome == TIMEOUT:
        advice = "it ends so only with a `timeout` of its own, inside `approve` or `receive`"
        fixes = ()
    related = Location(node.path, "key", label=f"outcomes: {', '.join(own)}")
    message = f"the step `{node.id}` has no outcome `{edge.outcome}`"
    return Finding(message, place, (related,), help=(advice,), fixes=fixes)


def _never_uncertain(node: Node, place: Location) -> Finding:
    name = node.signature.name if node.signature else node.id
    return Finding(
        f"the step `{node.id}` never ends `uncertain`",
        place,
        (Location(node.path, "key", label="an attempt of it can be repeated"),),
        help=(
            f"remove the edge; or, if `{name}` has an effect, let its type say `idempotent=False`",
        ),
    )
