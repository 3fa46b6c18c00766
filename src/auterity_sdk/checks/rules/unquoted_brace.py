"""The rule `unquoted-brace`."""

from __future__ import annotations

from auterity_sdk.checks.loading import found_by_loader
from auterity_sdk.checks.rule import Found, rule
from auterity_sdk.checks.subject import Subject


@rule("AUT112")
def unquoted_brace(subject: Subject) -> Found:
    """YAML takes a part of an expression for its own.

    ## What it checks

    Expressions that need quotes: one that begins with `!` or `{{`, holds `: `, or stands in `{…}` with a
    brace.

    ## Why it matters

    YAML would cut the expression, and the rest would be read as a key, a comment or a tag.

    ## Example

        auterity: 1
        name: demo
        input: {name: string}
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: ${input.name}}

    ## Instead

        auterity: 1
        name: demo
        input: {name: string}
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: "${input.name}"}
    """
    return found_by_loader(subject, "AUT112")
