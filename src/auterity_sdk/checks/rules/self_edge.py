"""The rule `self-edge`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject


@rule("AUT303")
def self_edge(subject: Subject) -> Found:
    """A step waits for itself.

    ## What it checks

    That no step names itself in `needs`, or reads its own output.

    ## Why it matters

    It could never start.

    ## Example

        auterity: 1
        name: demo
        steps:
          remind: {needs: remind.failed, wait: 1d}

    ## Instead

        auterity: 1
        name: demo
        steps:
          remind: {wait: 1d}
    """
    for node in subject.nodes():
        places = [
            place
            for group in node.needs
            for edge, place in zip(group.edges, group.places, strict=True)
            if edge.step == node.id
        ]
        if node.implicit or not places:
            places = [read.at for read in node.reads if read.step == node.id]
        if places:
            advice = "to try a step again, give it `retry`; to do it again, put it into a `repeat`"
            yield Finding(f"the step `{node.id}` waits for itself", places[0], help=(advice,))
