"""The rule `wrapped-expression`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Edit, Fix
from auterity_sdk.expression.templates import Template, parse_template


@rule("AUT416")
def wrapped_expression(subject: Subject) -> Found:
    """A bare expression stands in `${…}`.

    ## What it checks

    The keys whose whole value is an expression: `when`, `switch`, `in`, `until`, `where`, `match`, `key`,
    `lock`, `priority` and `idempotency_key`.

    ## Why it matters

    `${…}` marks expressions within texts; here it would be part of the expression.

    ## Example

        auterity: 1
        name: demo
        input: {score: number}
        steps:
          call: {when: "${input.score > 2}", wait: 1m}

    ## Instead

        auterity: 1
        name: demo
        input: {score: number}
        steps:
          call: {when: input.score > 2, wait: 1m}
    """
    for expression in subject.expressions:
        text = expression.text.strip()
        if expression.occurrence.templated or not text.startswith("${"):
            continue
        parsed = parse_template(text)
        only = parsed.alone if isinstance(parsed, Template) else None
        key = expression.occurrence.path[-1]
        if only is None:
            yield Finding(f"`{key}` is one expression, without `${{…}}`", expression.whole)
            continue
        inner = only.expression.strip()
        fix = Fix("remove `${…}`", (Edit(expression.whole, inner),), safe=True)
        message = f"`{key}` is an expression already"
        yield Finding(message, expression.whole, help=(f"write `{inner}`",), fixes=(fix,))
