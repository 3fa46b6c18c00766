"""The rule `guarantee-undecided`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity


@rule("AUT344", Severity.WARNING)
def guarantee_undecided(subject: Subject) -> Found:
    """It is not known whether a guarantee holds.

    ## What it checks

    That each guarantee was proved or refuted. Not decided are those that compare what happens in different
    bodies, those on the times of a graph of which a join cancels the rest, and those that ask for too long a
    search.

    ## Why it matters

    A guarantee that is not proved is a wish.

    ## Example

        auterity: 1
        name: demo
        steps:
          each: {for_each: {in: "[1, 2]", steps: {check: {wait: 1m}}}}
          last: {needs: each, wait: 1h}
        guarantees:
          - last only after each/check.ok

    ## Instead

        auterity: 1
        name: demo
        steps:
          each: {for_each: {in: "[1, 2]", steps: {check: {wait: 1m}}}}
          last: {needs: each, wait: 1h}
        guarantees:
          - last only after each.ok
    """
    for verdict in subject.guarantees:
        if verdict.kind == "undecided":
            yield Finding(
                f"the guarantee is neither proved nor refuted: {verdict.message}",
                Location(("guarantees", verdict.index)),
                help=("say it of steps of one graph, or leave it out",),
            )
