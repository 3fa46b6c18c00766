"""The rule `non-boolean-condition`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.expression.fitting import assignable
from auterity_sdk.expression.types import BOOL, describe
from auterity_sdk.workflow.occurrences import Role


@rule("AUT417")
def non_boolean_condition(subject: Subject) -> Found:
    """A condition is neither true nor false.

    ## What it checks

    The type of `when`, of switch cases, `until`, `where` and `match`.

    ## Why it matters

    There is no truth in a number or a text: `0` and `''` are values like others.

    ## Example

        auterity: 1
        name: demo
        input: {name: string}
        steps:
          call: {when: input.name, wait: 1m}

    ## Instead

        auterity: 1
        name: demo
        input: {name: string}
        steps:
          call: {when: input.name != '', wait: 1m}
    """
    for expression in subject.expressions:
        if expression.occurrence.role not in _CONDITIONS or expression.type is None:
            continue
        if not assignable(expression.type, BOOL):
            yield Finding(
                f"a condition is true or false, and this is {describe(expression.type)}",
                expression.whole,
                help=("compare it with something",),
            )


_CONDITIONS = frozenset({Role.WHEN, Role.CASE, Role.UNTIL, Role.WHERE, Role.MATCH, Role.TRIGGER})
