"""The rule `optional-result`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject


@rule("AUT418")
def optional_result(subject: Subject) -> Found:
    """An expression ends in an optional value.

    ## What it checks

    That what `.?` gives is opened again, by `.orValue(…)`, `.value()` or `.hasValue()`.

    ## Why it matters

    An optional value is no text and no number; it only says that there may be one.

    ## Example

        auterity: 1
        name: demo
        input: {lead: Lead}
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: "Call ${input.lead.?vehicle.?model}"}

    ## Instead

        auterity: 1
        name: demo
        input: {lead: Lead}
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: "Call ${input.lead.?vehicle.?model.orValue('us')}"}
    """
    for expression in subject.expressions:
        for problem in expression.of_kind("optional_result"):
            place = expression.place(problem.start, problem.end)
            yield Finding(problem.message, place, help=(problem.help,) if problem.help else ())
