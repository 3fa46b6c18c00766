"""The rule `type-mismatch`."""

from __future__ import annotations

from auterity_sdk.checks.facts.expressions import Typed
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.expression.fitting import mismatch
from auterity_sdk.expression.types import (
    ANY,
    DURATION,
    INT,
    STRING,
    TIMESTAMP,
    ListType,
    Type,
    one_of,
)
from auterity_sdk.workflow.occurrences import Role


@rule("AUT404")
def type_mismatch(subject: Subject) -> Found:
    """An operator or a key is given a value of the wrong type.

    ## What it checks

    The operands of operators, and what `in`, `more` (a list of what `in` has), `wait`, `timeout`, `first`
    and `quorum` are given.

    ## Why it matters

    It would fail when it is evaluated, in the middle of a run.

    ## Example

        auterity: 1
        name: demo
        input: {name: string}
        steps:
          call: {when: input.name > 3, wait: 1m}

    ## Instead

        auterity: 1
        name: demo
        input: {name: string}
        steps:
          call: {when: size(input.name) > 3, wait: 1m}
    """
    for expression in subject.expressions:
        for problem in expression.of_kind("type_mismatch"):
            place = expression.place(problem.start, problem.end)
            yield Finding(problem.message, place, help=(problem.help,) if problem.help else ())
        wanted = _wanted(subject, expression)
        if expression.type is not None and wanted is not None:
            reason = mismatch(expression.type, wanted)
            if reason:
                yield Finding(f"`{expression.occurrence.path[-1]}` {reason}", expression.whole)


def _wanted(subject: Subject, expression: Typed) -> Type | None:
    if expression.occurrence.role is Role.MORE and subject.scopes is not None:
        body = expression.graphs[0]
        return ListType(subject.scopes.bound_type(body, body.bound[0]))
    return _WANTED.get(expression.occurrence.role)


_TIME = one_of((DURATION, STRING))
_WANTED: dict[Role, Type] = {
    Role.IN: ListType(ANY),
    Role.COUNT: INT,
    Role.PRIORITY: INT,
    Role.TIMEOUT: _TIME,
    Role.WAIT: one_of((DURATION, TIMESTAMP, STRING)),
}
