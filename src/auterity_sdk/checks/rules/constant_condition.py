"""The rule `constant-condition`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Severity
from auterity_sdk.expression.types import BOOL
from auterity_sdk.workflow.occurrences import Role


@rule("AUT408", Severity.WARNING)
def constant_condition(subject: Subject) -> Found:
    """A condition is always true, or always false.

    ## What it checks

    Conditions that read nothing.

    ## Why it matters

    It decides nothing; a step that should be left out for now looks as if it might run.

    ## Example

        auterity: 1
        name: demo
        steps:
          call: {when: 1 > 2, wait: 1m}

    ## Instead

        auterity: 1
        name: demo
        input: {score: number}
        steps:
          call: {when: input.score > 2, wait: 1m}
    """
    for expression in subject.expressions:
        role = expression.occurrence.role
        if role not in _CONDITIONS or expression.type != BOOL or expression.references:
            continue
        last_case = role is Role.CASE and expression.text.strip() == "true"
        yield Finding(
            "the condition reads nothing, so it is always the same",
            expression.whole,
            help=("write `else` for a case that is always true",) if last_case else (),
        )


_CONDITIONS = frozenset({Role.WHEN, Role.CASE, Role.UNTIL, Role.WHERE, Role.MATCH, Role.TRIGGER})
