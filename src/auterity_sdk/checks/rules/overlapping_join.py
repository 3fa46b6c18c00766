"""The rule `overlapping-join`."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from auterity_sdk.checks.facts.witness import Witnesses, agree, choices
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.workflow.graph import NeedGroup
from auterity_sdk.workflow.needs import JoinKind


@rule("AUT310")
def overlapping_join(subject: Subject) -> Found:
    """Branches that may both run are joined as if only one could.

    ## What it checks

    That at most one edge of a `one` is met on any run. Reported is what surely may happen: two edges that
    the outcomes of the steps before them allow together.

    ## Why it matters

    The second edge to be met fails the run with `join_conflict`.

    ## Example

        auterity: 1
        name: demo
        steps:
          text: {wait: 1m}
          mail: {wait: 1m}
          note: {needs: {one: [text, mail]}, wait: 1m}

    ## Instead

        auterity: 1
        name: demo
        steps:
          text: {wait: 1m}
          mail: {wait: 1m}
          note: {needs: {any: [text, mail]}, wait: 1m}
    """
    for graph in subject.graphs:
        witnesses = subject.witnesses_of(graph)
        if witnesses is None or witnesses.feasible.cancels:
            continue
        for node in graph.nodes.values():
            for group in node.needs:
                yield from _overlap(group, witnesses)
        for groups in graph.ends.values():
            for group in groups:
                yield from _overlap(group, witnesses)


def _overlap(group: NeedGroup, witnesses: Witnesses) -> Found:
    if group.kind is not JoinKind.ONE:
        return
    ways = [witnesses.of_edge(edge) for edge in group.edges[:50]]
    for (i, one), (j, two) in combinations(enumerate(ways), 2):
        if one is None or two is None or not agree(one, two):
            continue
        edges = witnesses.graph, {**one, **two}
        when = ", ".join(f"`{edge}`" for edge in choices(*edges))
        yield Finding(
            f"`{group.edges[i]}` and `{group.edges[j]}` may both be met, and `one` takes only one",
            group.places[j],
            (replace(group.places[i], label="may be met as well"),),
            notes=(f"both are met on a run with {when}",) if when else (),
            help=("use `any` to wait for all that can come, or `first` to go on with the first",),
        )
        return
