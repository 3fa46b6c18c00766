"""The rule `tab-indent`."""

from __future__ import annotations

from auterity_sdk.checks.loading import found_by_loader
from auterity_sdk.checks.rule import Found, rule
from auterity_sdk.checks.subject import Subject


@rule("AUT103")
def tab_indent(subject: Subject) -> Found:
    """A tab is used to indent.

    ## What it checks

    That lines are indented with spaces.

    ## Why it matters

    YAML forbids tabs there, because editors show them in different widths.

    ## Example

        auterity: 1
        name: demo
        steps:
        ␉pause: {wait: 1h}

    ## Instead

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h}
    """
    return found_by_loader(subject, "AUT103")
