"""The rule `guarantee-name`."""

from __future__ import annotations

from auterity_sdk.checks.guarantees.happenings import unknown_names
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.guarantee import Misread, parse_guarantee


@rule("AUT341")
def guarantee_name(subject: Subject) -> Found:
    """A guarantee names a step or an outcome that is not there.

    ## What it checks

    The names in `guarantees`: `step`, `step.outcome`, and `outer/inner` for a step inside a body.

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
        guarantee = parse_guarantee(text)
        if isinstance(guarantee, Misread):
            continue
        for unknown in unknown_names(guarantee, subject.graph, subject.similar):
            fragment = (unknown.name.start, unknown.name.end)
            place = Location(("guarantees", index), fragment=fragment)
            yield Finding(unknown.message, place, help=(unknown.help,))
