"""The rule `duplicate-key`."""

from __future__ import annotations

from auterity_sdk.checks.loading import found_by_loader
from auterity_sdk.checks.rule import Found, rule
from auterity_sdk.checks.subject import Subject


@rule("AUT102")
def duplicate_key(subject: Subject) -> Found:
    """A key stands twice in one mapping.

    ## What it checks

    That no mapping has the same key twice: two steps of one id, two inputs of one name.

    ## Why it matters

    Most readers of YAML keep the last value and drop the first one in silence, so a step would be lost.

    ## Example

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h}
          pause: {wait: 2h}

    ## Instead

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h}
          second_pause: {wait: 2h}
    """
    return found_by_loader(subject, "AUT102")
