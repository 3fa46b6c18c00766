"""The rule `depth-limit`."""

from __future__ import annotations

from auterity_sdk.checks.loading import found_by_loader
from auterity_sdk.checks.rule import Found, rule
from auterity_sdk.checks.subject import Subject


@rule("AUT107")
def depth_limit(subject: Subject) -> Found:
    """Values are nested too deeply.

    ## What it checks

    That mappings and lists are nested at most 64 deep.

    ## Why it matters

    No workflow needs more, and deep nesting is how hostile files exhaust a reader.

    ## Example

        auterity: 1
        name: demo
        steps:
          pause:
            uses: task.assign
            with: {title: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}

    ## Instead

        auterity: 1
        name: demo
        steps:
          pause:
            uses: task.assign
            with: {role: sales, due: 5m, title: Call back}
    """
    return found_by_loader(subject, "AUT107")
