"""The rule `unknown-field`."""

from __future__ import annotations

from auterity_sdk.checks.proposals import renamed
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject


@rule("AUT403")
def unknown_field(subject: Subject) -> Found:
    """An expression reads a field that is not there.

    ## What it checks

    That each field is one of its object's: of a registered type, a step's output, or an input.

    ## Why it matters

    A misspelt field has no value on any run.

    ## Example

        auterity: 1
        name: demo
        input: {lead: Lead}
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: "Call ${input.lead.custmer.id}"}

    ## Instead

        auterity: 1
        name: demo
        input: {lead: Lead}
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: "Call ${input.lead.customer.id}"}
    """
    for expression in subject.expressions:
        for problem in expression.of_kind("unknown_field"):
            if expression.text[: problem.end].endswith("run.end"):
                continue
            place = expression.place(problem.start, problem.end)
            advice = (problem.help,) if problem.help else ()
            fixes = renamed(place, problem.instead)
            yield Finding(problem.message, place, help=advice, fixes=fixes)
