"""The rule `non-string-key`."""

from __future__ import annotations

from auterity_sdk.checks.loading import found_by_loader
from auterity_sdk.checks.rule import Found, rule
from auterity_sdk.checks.subject import Subject


@rule("AUT111")
def non_string_key(subject: Subject) -> Found:
    """A key is not text.

    ## What it checks

    That keys are plain text, not numbers, lists or mappings.

    ## Why it matters

    JSON, Python and other readers of YAML turn such keys into different things.

    ## Example

        auterity: 1
        name: demo
        labels: {[a, b]: c}
        steps:
          pause: {wait: 1h}

    ## Instead

        auterity: 1
        name: demo
        labels: {a: c}
        steps:
          pause: {wait: 1h}
    """
    return found_by_loader(subject, "AUT111")
