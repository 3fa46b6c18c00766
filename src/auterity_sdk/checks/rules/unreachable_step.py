"""The rule `unreachable-step`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.soundness.model import Model
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.graph import Node
from auterity_sdk.workflow.needs import Edge
from auterity_sdk.workflow.signature import SKIPPED


@rule("AUT304")
def unreachable_step(subject: Subject) -> Found:
    """A step can never run.

    ## What it checks

    Steps that wait for an outcome in which another step cannot end: `skipped` of a step without `when`,
    `cancelled` where nothing is cancelled; and steps whose `needs` no run meets, whatever the outcomes of the
    steps before. What waits for such a step never runs either.

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

    yield from _on_no_run(subject)


def _on_no_run(subject: Subject) -> Found:
    """What only a look at all runs shows: conditions that agree, joins that can never be filled."""
    told = {(graph.path, step) for graph, feasible in subject.feasible for step in feasible.steps}
    for verdict in subject.soundness.verdicts:
        model, path = verdict.model, verdict.model.graph.path
        never = [step for kind, step in verdict.decision.never if kind == "step"]
        for step in sorted(never, key=model.places.__getitem__):
            node = model.steps[step].node
            before = {edge.step for group in node.needs for edge in group.edges}
            if (path, step) in told or before & {*never} or shadowed(node, model):
                continue
            if not node.needs:
                yield Finding(
                    f"the step `{step}` can never run: a join that cancels the rest is met before it could start",
                    Location(node.path, "key"),
                    help=(
                        "remove it from the join, or let it come before the join's other members",
                    ),
                )
            else:
                yield Finding(
                    f"the step `{step}` can never run: no run meets its `needs`",
                    node.needs[0].places[0],
                    notes=("every way in which the steps before it can end was looked at",),
                    help=("remove the step, or let it need what can come about",),
                )


def shadowed(node: Node, model: Model) -> bool:
    """It waits for a case of a switch that is never picked, which `AUT309` tells."""
    return any(
        (edge.step, edge.outcome) in model.shadowed for group in node.needs for edge in group.edges
    )


def _why(edge: Edge) -> str:
    return "it has no `when`" if edge.outcome == SKIPPED else "nothing in this graph cancels it"
