"""The rule `expression-syntax`."""

from __future__ import annotations

from auterity_sdk.checks.facts.expressions import Typed
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.expression.templates import parse_template


@rule("AUT401")
def expression_syntax(subject: Subject) -> Found:
    """An expression is not written as CEL.

    ## What it checks

    That every expression can be parsed: `==` to compare, `&&`, `||` and `!` to combine, `c ? a : b` to
    choose.

    ## Why it matters

    It could not be evaluated.

    ## Example

        auterity: 1
        name: demo
        input: {score: number}
        steps:
          call: {when: input.score >= 80 and input.score < 90, wait: 1m}

    ## Instead

        auterity: 1
        name: demo
        input: {score: number}
        steps:
          call: {when: input.score >= 80 && input.score < 90, wait: 1m}
    """
    for expression in subject.expressions:
        if parse_template(expression.text) is not None and _wrapped(expression):
            continue
        for problem in expression.of_kind("syntax"):
            place = expression.place(problem.start, problem.end)
            yield Finding(problem.message, place, help=(problem.help,) if problem.help else ())


def _wrapped(expression: Typed) -> bool:
    """`${…}` around a bare expression is a finding of its own."""
    return not expression.occurrence.templated and expression.text.strip().startswith("${")
