"""The rule `unknown-value`."""

from __future__ import annotations

from auterity_sdk.checks.proposals import renamed
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject


@rule("AUT419")
def unknown_value(subject: Subject) -> Found:
    """A value is compared with a text that it can never be.

    ## What it checks

    Comparisons of an outcome, or of a field with a few possible values, with a text that is none of them.

    ## Why it matters

    The comparison is always false.

    ## Example

        auterity: 1
        name: demo
        steps:
          reply:
            receive: {event: sms.received, timeout: 2d}
          note: {needs: reply.done, when: outcome.?reply.orValue('') == 'timeuot', wait: 1m}

    ## Instead

        auterity: 1
        name: demo
        steps:
          reply:
            receive: {event: sms.received, timeout: 2d}
          note: {needs: reply.done, when: outcome.?reply.orValue('') == 'timeout', wait: 1m}
    """
    for expression in subject.expressions:
        for problem in expression.of_kind("unknown_value"):
            place = expression.place(problem.start, problem.end)
            advice = (problem.help,) if problem.help else ()
            fixes = renamed(place, problem.instead)
            yield Finding(problem.message, place, help=advice, fixes=fixes)
