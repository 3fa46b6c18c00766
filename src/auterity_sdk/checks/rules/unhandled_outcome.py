"""The rule `unhandled-outcome`."""

from __future__ import annotations

from auterity_sdk.checks.facts.named import ALL
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.graph import Node
from auterity_sdk.workflow.signature import OK
from auterity_sdk.workflow.step import SwitchStep


@rule("AUT308")
def unhandled_outcome(subject: Subject) -> Found:
    """A step may end in an outcome that nothing names.

    ## What it checks

    That an edge, an end or a reading of `outcome.step` names every outcome of a step's own, but for `ok`;
    `step.done` names all of them.

    ## Why it matters

    A run that comes there fails with `unhandled_outcome`: nobody said what is to happen.

    ## Example

        auterity: 1
        name: demo
        steps:
          reply:
            receive: {event: sms.received, timeout: 2d}
          thank: {needs: reply.received, wait: 1m}

    ## Instead

        auterity: 1
        name: demo
        steps:
          reply:
            receive: {event: sms.received, timeout: 2d}
          thank: {needs: reply.received, wait: 1m}
          call: {needs: reply.timeout, wait: 1m}
    """
    if not subject.complete:
        return
    named = subject.named_outcomes
    for node in subject.nodes():
        known = named.get(node.path, frozenset())
        if node.outcomes is None or ALL in known:
            continue
        left = [outcome for outcome in node.outcomes if outcome not in known and outcome != OK]
        left = [outcome for outcome in left if not subject.soundness.never(node.path, outcome)]
        if left:
            listed = ", ".join(f"`{node.id}.{outcome}`" for outcome in left[:6])
            what = (
                "an outcome that nothing names" if len(left) == 1 else "outcomes that nothing names"
            )
            yield Finding(
                f"the step `{node.id}` may end in {what}: {listed}",
                _place(node, left[0]),
                help=(f"let a step need `{node.id}.{left[0]}`, or name it in `ends`",),
            )


def _place(node: Node, outcome: str) -> Location:
    if isinstance(node.step, SwitchStep):
        return Location((*node.path, "switch", outcome), "key")
    return Location(node.path, "key")
