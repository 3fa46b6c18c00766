"""The rule `unused-anchor`."""

from __future__ import annotations

from auterity_sdk.checks.loading import found_by_loader
from auterity_sdk.checks.rule import Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Severity


@rule("AUT108", Severity.WARNING)
def unused_anchor(subject: Subject) -> Found:
    """No alias names an anchor.

    ## What it checks

    That each `&name` is used by a `*name`.

    ## Why it matters

    An anchor that nothing uses is often the rest of a text that should have been quoted.

    ## Example

        auterity: 1
        name: demo
        steps:
          pause: &short {wait: 1h}

    ## Instead

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h}
    """
    return found_by_loader(subject, "AUT108")
