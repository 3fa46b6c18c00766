"""The rule `guarantee-name`."""

from __future__ import annotations

from auterity_sdk.checks.guarantees.happenings import unknown_names
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Path
from auterity_sdk.workflow.graph import Graph
from auterity_sdk.workflow.guarantee import Misread, parse_guarantee
from auterity_sdk.workflow.step import WatchStep


@rule("AUT341")
def guarantee_name(subject: Subject) -> Found:
    """A guarantee names a step or an outcome that is not there.

    ## What it checks

    The names in `guarantees`: `step`, `step.outcome`, and `outer/inner` for a step inside a body. In a `watch` the same,
    from its own graph on.

    ## Why it matters

    A guarantee about what never happens would always hold, and protect nothing.

    ## Example

        auterity: 1
        name: demo
        steps:
          ask: {approve: {role: manager, timeout: 1d, default: rejected}}
          pay: {needs: ask.approved, wait: 1h}
        ends: {paid: pay, refused: ask.rejected}
        guarantees:
          - pay only after ask.aproved

    ## Instead

        auterity: 1
        name: demo
        steps:
          ask: {approve: {role: manager, timeout: 1d, default: rejected}}
          pay: {needs: ask.approved, wait: 1h}
        ends: {paid: pay, refused: ask.rejected}
        guarantees:
          - pay only after ask.approved
    """
    if subject.workflow is None or subject.graph is None:
        return
    for index, text in enumerate(subject.workflow.guarantees):
        yield from _unknown(subject, text, subject.graph, ("guarantees", index))
    for graph in subject.graphs:
        for node in graph.nodes.values():
            if isinstance(node.step, WatchStep):
                yield from _unknown(subject, node.step.watch, graph, (*node.path, "watch"))


def _unknown(subject: Subject, text: str, graph: Graph, path: Path) -> Found:
    guarantee = parse_guarantee(text)
    if isinstance(guarantee, Misread):
        return
    for unknown in unknown_names(guarantee, graph, subject.similar):
        place = Location(path, fragment=(unknown.name.start, unknown.name.end))
        yield Finding(unknown.message, place, help=(unknown.help,))
