"""The rule `unused-input`."""

from __future__ import annotations

from auterity_sdk.checks.proposals import removed
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity


@rule("AUT415", Severity.WARNING)
def unused_input(subject: Subject) -> Found:
    """An input is never read.

    ## What it checks

    That something reads each input.

    ## Why it matters

    Who starts a run is asked for a value that changes nothing; or a step forgot to read it.

    ## Example

        auterity: 1
        name: demo
        input: {name: string, phone: string}
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: "Call ${input.name}"}

    ## Instead

        auterity: 1
        name: demo
        input: {name: string}
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: "Call ${input.name}"}
    """
    if not subject.complete or subject.workflow is None:
        return
    if any(
        expression.of_kind("syntax") for expression in subject.expressions if expression.problems
    ):
        return
    read: set[str] = set()
    for expression in subject.expressions:
        for reference in expression.references:
            if reference.root == "input":
                if not reference.members:
                    return
                read.add(reference.members[0])
    for name in subject.workflow.input:
        if name not in read:
            place = Location(("input", name), "key")
            yield Finding(
                f"the input `{name}` is never read",
                place,
                help=("remove it, or read it",),
                fixes=removed(place, f"the input `{name}`", safe=False),
            )
