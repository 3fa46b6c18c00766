"""The rule `bad-call`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject


@rule("AUT405")
def bad_call(subject: Subject) -> Found:
    """A function is not known, or is called wrongly.

    ## What it checks

    The names of functions, and the number and types of their arguments.

    ## Why it matters

    It could not be evaluated.

    ## Example

        auterity: 1
        name: demo
        input: {name: string}
        steps:
          call: {when: input.name.startswith('A'), wait: 1m}

    ## Instead

        auterity: 1
        name: demo
        input: {name: string}
        steps:
          call: {when: input.name.startsWith('A'), wait: 1m}
    """
    for expression in subject.expressions:
        for problem in expression.of_kind("bad_call"):
            place = expression.place(problem.start, problem.end)
            yield Finding(problem.message, place, help=(problem.help,) if problem.help else ())
