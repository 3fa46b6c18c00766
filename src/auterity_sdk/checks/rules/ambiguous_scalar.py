"""The rule `ambiguous-scalar`."""

from __future__ import annotations

from auterity_sdk.checks.loading import found_by_loader
from auterity_sdk.checks.rule import Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity


@rule("AUT104", Severity.WARNING)
def ambiguous_scalar(subject: Subject) -> Found:
    """Readers of YAML disagree on the type of a plain value.

    ## What it checks

    Plain values such as `02134`, `1_000` or `12:30:45` where any type may stand.

    ## Why it matters

    A ZIP code that turns into the number 1116 in another tool reaches the wrong customer.

    ## Example

        auterity: 1
        name: demo
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: 02134}

    ## Instead

        auterity: 1
        name: demo
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: "02134"}
    """
    exact = {subject.source.span(Location(path)).start for path in subject.exact_texts}
    for found in found_by_loader(subject, "AUT104"):
        if subject.source.span(found.at).start not in exact:
            yield found
