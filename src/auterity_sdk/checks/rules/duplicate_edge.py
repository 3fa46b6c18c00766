"""The rule `duplicate-edge`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from auterity_sdk.checks.proposals import removed
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.schema_faults import faults, plain_words
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.graph import NeedGroup
from auterity_sdk.workflow.needs import Edge


@rule("AUT306")
def duplicate_edge(subject: Subject) -> Found:
    """An edge stands twice where once says the same.

    ## What it checks

    That no `needs`, end or join names the same outcome of the same step twice; `a` is short for `a.ok`.

    ## Why it matters

    It changes nothing, so another outcome was probably meant.

    ## Example

        auterity: 1
        name: demo
        steps:
          first: {wait: 1h}
          second: {needs: [first, first.ok], wait: 1h}

    ## Instead

        auterity: 1
        name: demo
        steps:
          first: {wait: 1h}
          second: {needs: first, wait: 1h}
    """
    for error in faults(subject, "duplicate-edge"):
        yield Finding(plain_words(error), Location(error.path), help=("remove one of them",))
    for graph in subject.graphs:
        for node in graph.nodes.values():
            if not node.implicit:
                yield from _repeated(node.needs)
        for groups in graph.ends.values():
            yield from _repeated(groups)


def _repeated(groups: Sequence[NeedGroup]) -> Found:
    for at, group in enumerate(groups):
        for edge, place in zip(group.edges, group.places, strict=True):
            first = next((p for e, p in _before(groups, at, group, place) if e == edge), None)
            if first is not None:
                message = f"the edge `{edge}` stands twice"
                related = (replace(first, label="first here"),)
                fixes = removed(place, "the second one", safe=True)
                yield Finding(message, place, related, help=("remove one of them",), fixes=fixes)


def _before(
    groups: Sequence[NeedGroup], at: int, group: NeedGroup, place: Location
) -> Iterator[tuple[Edge, Location]]:
    """Single edges that stand before a place, and those of its own join."""
    for other in groups[:at]:
        if other.kind is None and group.kind is None:
            yield other.edges[0], other.places[0]
    if group.kind is not None:
        yield from zip(group.edges[: group.places.index(place)], group.places, strict=False)
