"""The rule `shared-correlation`."""

from __future__ import annotations

from collections.abc import Iterator

from auterity_sdk.checks.dataflow.order import exclude_each_other
from auterity_sdk.checks.facts.feasibility import Feasibility
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity
from auterity_sdk.workflow.graph import Graph, NeedGroup, Node
from auterity_sdk.workflow.needs import JoinKind
from auterity_sdk.workflow.step import ReceiveStep


@rule("AUT604", Severity.WARNING)
def shared_correlation(subject: Subject) -> Found:
    """Two steps may wait at the same time for the same event.

    ## What it checks

    That of two `receive` steps with the same `event` and the same `match` (or none) one starts only after the
    other has settled, or only one of both can run. Steps of one body are held against each other, not against
    those around it.

    ## Why it matters

    An event goes to one `receive` alone, the one that has waited longest: which of both takes it is decided by
    age, not by what the event says.

    ## Example

        auterity: 1
        name: demo
        steps:
          paid:
            receive: {event: payment.received, timeout: 2d}
          deposit:
            receive: {event: payment.received, timeout: 1d}
        ends:
          both: [paid.received, deposit.received]
          late: {any: [paid.timeout, deposit.timeout]}

    ## Instead

        auterity: 1
        name: demo
        steps:
          paid:
            receive: {event: payment.received, match: event.kind == 'balance', timeout: 2d}
          deposit:
            receive: {event: payment.received, match: event.kind == 'deposit', timeout: 1d}
        ends:
          both: [paid.received, deposit.received]
          late: {any: [paid.timeout, deposit.timeout]}
    """
    for graph, feasible in subject.feasible:
        for alike in _alike(graph):
            yield from _at_the_same_time(graph, feasible, alike)


def _alike(graph: Graph) -> Iterator[list[Node]]:
    """The steps that wait for the same event, in topological order, where there are several."""
    found: dict[tuple[str, str | None], list[Node]] = {}
    for step_id in graph.order or ():
        node = graph.nodes[step_id]
        if isinstance(node.step, ReceiveStep):
            asked = node.step.receive
            match = None if asked.match is None else asked.match.strip()
            found.setdefault((asked.event, match), []).append(node)
    return (nodes for nodes in found.values() if len(nodes) > 1)


def _at_the_same_time(graph: Graph, feasible: Feasibility, alike: list[Node]) -> Found:
    """One finding for all steps that are held together by pairs that may wait side by side."""
    bits = {node.id: 1 << at for at, node in enumerate(alike)}
    settled = _settled(graph, bits)
    groups: list[list[Node]] = []
    for node in alike:
        together, apart = [node], []
        for group in groups:
            if any(
                not settled[node.id] & bits[other.id] and _may_both_run(feasible, node, other)
                for other in group
            ):
                together = group + together
            else:
                apart.append(group)
        groups = [*apart, together]
    for group in groups:
        if len(group) > 1:
            yield _finding(sorted(group, key=lambda each: bits[each.id]))


def _may_both_run(feasible: Feasibility, node: Node, other: Node) -> bool:
    one, two = feasible.conditions.get(node.id), feasible.conditions.get(other.id)
    return one is not None and two is not None and not exclude_each_other(one, two)


def _finding(group: list[Node]) -> Finding:
    *others, node = group
    names = ", ".join(f"`{each.id}`" for each in others)
    return Finding(
        f"`{node.id}` and {names} may wait at the same time for the same event"
        if len(others) == 1
        else f"`{node.id}` waits for the same event as {names}, each at the same time as another",
        Location((*node.path, "receive"), "key"),
        tuple(
            Location((*other.path, "receive"), "key", label="waits for it as well")
            for other in others
        ),
        notes=("the one that has waited longest takes it",),
        help=("tell the events apart by `match`, or let one step wait for the other",),
    )


def _settled(graph: Graph, bits: dict[str, int]) -> dict[str, int]:
    """Step → those of the steps in `bits` that have surely settled once it starts."""
    found: dict[str, int] = {}
    for step_id in graph.order or ():
        node = graph.nodes[step_id]
        mask, unawaited = 0, set[str]()
        for group in node.needs:
            mask |= _met(group, found, bits)
            if group.kind not in (None, JoinKind.ANY):
                unawaited.update(edge.step for edge in group.edges)
        for read in node.reads:
            if read.step not in unawaited:
                mask |= bits.get(read.step, 0)
        found[step_id] = mask
    return found


def _met(group: NeedGroup, found: dict[str, int], bits: dict[str, int]) -> int:
    """What has settled once a join is met. A member that was not reached tells nothing of what is before it."""
    mask, members = -1, 0
    for edge in group.edges:
        own = bits.get(edge.step, 0)
        members |= own
        mask &= own | found.get(edge.step, 0)
    whole = group.kind is JoinKind.ANY or group.cancel_rest
    return mask | members if whole else mask
