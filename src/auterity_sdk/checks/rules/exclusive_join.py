"""The rule `exclusive-join`."""

from __future__ import annotations

from msgspec.structs import replace

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.graph import NeedGroup, Node


@rule("AUT311")
def exclusive_join(subject: Subject) -> Found:
    """A step waits for all of several branches, of which only one can run.

    ## What it checks

    That the members of `needs`, all of which must be met, do not depend on one step ending in two ways.

    ## Why it matters

    The step would never run, and neither would what waits for it.

    ## Example

        auterity: 1
        name: demo
        input: {score: number}
        steps:
          route:
            switch:
              hot: input.score >= 80
              cold: else
          call: {needs: route.hot, wait: 5m}
          mail: {needs: route.cold, wait: 1h}
          report: {needs: [call, mail], wait: 1m}

    ## Instead

        auterity: 1
        name: demo
        input: {score: number}
        steps:
          route:
            switch:
              hot: input.score >= 80
              cold: else
          call: {needs: route.hot, wait: 5m}
          mail: {needs: route.cold, wait: 1h}
          report: {needs: {one: [call, mail]}, wait: 1m}
    """
    for graph, feasible in subject.feasible:
        for step_id, never in feasible.steps.items():
            other = never.other
            if never.kind == "conflict" and other is not None:
                after = [step for step, why in feasible.steps.items() if why.root == step_id]
                waiting = ", ".join(f"`{each}`" for each in after[:6])
                decided = (
                    f"both depend on how `{never.decider}` ends, and no run ends it in two ways"
                )
                yield Finding(
                    f"the step `{step_id}` can never run: {_branches(other, never.group)}, "
                    "which exclude each other",
                    never.group.places[0],
                    (
                        replace(other.places[0], label="excludes it"),
                        Location(
                            graph.nodes[never.decider].path, "key", label="decides between them"
                        ),
                    ),
                    notes=(decided, f"so {waiting} can never run either") if after else (decided,),
                    help=(_help(graph.nodes[step_id], other, never.group),),
                )


def _branches(one: NeedGroup, two: NeedGroup) -> str:
    names = [" or ".join(f"`{edge}`" for edge in group.edges) for group in (one, two)]
    return f"it waits for {names[0]} and for {names[1]}"


def _help(node: Node, one: NeedGroup, two: NeedGroup) -> str:
    edges = ", ".join(str(edge) for edge in (*one.edges, *two.edges))
    if node.implicit:
        return f"add `needs: {{one: [{edges}]}}`, and read what may be absent by `.?`"
    return f"write `needs: {{one: [{edges}]}}` if one of them is enough"
