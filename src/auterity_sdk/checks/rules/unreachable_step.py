"""The rule `unreachable-step`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.needs import Edge
from auterity_sdk.workflow.signature import SKIPPED


@rule("AUT304")
def unreachable_step(subject: Subject) -> Found:
    """A step can never run.

    ## What it checks

    Steps that wait for an outcome in which another step cannot end: `skipped` of a step without `when`,
    `cancelled` where nothing is cancelled. What waits for such a step never runs either, and is named in
    the note.

    ## Why it matters

    Work that never happens looks, in the file, as if it did.

    ## Example

        auterity: 1
        name: demo
        steps:
          greet: {wait: 1h}
          apologize: {needs: greet.skipped, wait: 1h}

    ## Instead

        auterity: 1
        name: demo
        steps:
          greet: {when: run.requester != '', wait: 1h}
          apologize: {needs: greet.skipped, wait: 1h}
    """
    for graph, feasible in subject.feasible:
        for step_id, never in feasible.steps.items():
            if never.kind == "edge":
                edge, place = never.group.edges[0], never.group.places[0]
                after = [other for other, why in feasible.steps.items() if why.root == step_id]
                after += [
                    f"the end {end}" for end, why in feasible.ends.items() if why.root == step_id
                ]
                waiting = ", ".join(f"`{each}`" for each in after[:6])
                yield Finding(
                    f"the step `{step_id}` can never run: `{edge.step}` cannot end in `{edge.outcome}`",
                    place,
                    (Location(graph.nodes[edge.step].path, "key", label=_why(edge)),),
                    notes=(f"so {waiting} can never come either",) if after else (),
                    help=("remove the edge, or the step",),
                )


def _why(edge: Edge) -> str:
    return "it has no `when`" if edge.outcome == SKIPPED else "nothing in this graph cancels it"
