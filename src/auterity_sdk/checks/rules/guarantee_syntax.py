"""The rule `guarantee-syntax`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.guarantee import Misread, parse_guarantee


@rule("AUT340")
def guarantee_syntax(subject: Subject) -> Found:
    """A guarantee is not written in one of the six forms.

    ## What it checks

    That each text under `guarantees` is a sentence of the grammar of guarantees.

    ## Why it matters

    A guarantee that cannot be read is proved by nobody.

    ## Example

        auterity: 1
        name: demo
        steps:
          ask: {approve: {role: manager, timeout: 1d, default: rejected}}
          pay: {needs: ask.approved, wait: 1h}
        ends: {paid: pay, refused: ask.rejected}
        guarantees:
          - pay after ask.approved

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
    if subject.workflow is None:
        return
    for index, text in enumerate(subject.workflow.guarantees):
        found = parse_guarantee(text)
        if isinstance(found, Misread):
            place = Location(("guarantees", index), fragment=(found.start, found.end))
            yield Finding(
                f"the guarantee cannot be read: {found.message}",
                place,
                help=(f"here is wanted: {found.wanted}",),
            )
