"""The rule `cycle`."""

from __future__ import annotations

from msgspec.structs import replace

from auterity_sdk.checks.facts.cycles import shortest_cycles
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.graph import Graph


@rule("AUT302")
def cycle(subject: Subject) -> Found:
    """Steps wait for each other in a circle.

    ## What it checks

    That edges and readings together never lead back to the step they began at.

    ## Why it matters

    None of these steps could ever start.

    ## Example

        auterity: 1
        name: demo
        steps:
          offer: {needs: appraise, wait: 1h}
          appraise: {needs: inspect, wait: 1h}
          inspect: {needs: offer, wait: 1h}

    ## Instead

        auterity: 1
        name: demo
        steps:
          inspect: {wait: 1h}
          appraise: {needs: inspect, wait: 1h}
          offer: {needs: appraise, wait: 1h}
    """
    for graph in subject.graphs:
        for cycle in shortest_cycles(graph):
            first, second = cycle[0], cycle[1]
            circle = " → ".join(f"`{step}`" for step in (*cycle, cycle[0]))
            related = tuple(
                replace(place, label=f"`{after}` waits for `{before}`")
                for before, after in zip(cycle[1:], (*cycle[2:], first), strict=True)
                if (place := _place(graph, before, after))
            )
            yield Finding(
                f"steps wait for each other in a circle: {circle}",
                _place(graph, first, second) or Location(graph.nodes[second].path, "key"),
                related[:8],
                notes=("an arrow leads from a step to the one that waits for it",),
                help=("remove one of the edges; to do steps again, put them into a `repeat`",),
            )


def _place(graph: Graph, before: str, after: str) -> Location | None:
    """Where `after` says that it waits for `before`."""
    node = graph.nodes[after]
    for group in node.needs:
        for edge, place in zip(group.edges, group.places, strict=True):
            if edge.step == before:
                return place
    return next((read.at for read in node.reads if read.step == before), None)
