"""The rule `object-as-text`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.expression.render import renders
from auterity_sdk.expression.types import ListType, describe


@rule("AUT414")
def object_as_text(subject: Subject) -> Found:
    """An object or a list stands within a text.

    ## What it checks

    The expressions within texts: only text, numbers, booleans, times and durations can be rendered.

    ## Why it matters

    A customer would read `{"first_name": …}`.

    ## Example

        auterity: 1
        name: demo
        input: {lead: Lead}
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: "Call ${input.lead.customer}"}

    ## Instead

        auterity: 1
        name: demo
        input: {lead: Lead}
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: "Call ${input.lead.customer.full_name}"}
    """
    for expression in subject.expressions:
        if expression.type is None or expression.occurrence.alone or renders(expression.type):
            continue
        advice = "name the field that is meant"
        if isinstance(expression.type, ListType):
            advice = "take one item, or join them by `.join(', ')`"
        message = f"{describe(expression.type)} cannot stand within a text"
        yield Finding(message, expression.whole, help=(advice,))
