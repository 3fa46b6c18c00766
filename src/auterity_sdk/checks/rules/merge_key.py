"""The rule `merge-key`."""

from __future__ import annotations

from auterity_sdk.checks.loading import found_by_loader
from auterity_sdk.checks.rule import Found, rule
from auterity_sdk.checks.subject import Subject


@rule("AUT105")
def merge_key(subject: Subject) -> Found:
    """The key `<<` merges another mapping.

    ## What it checks

    That no mapping has YAML 1.1's merge key.

    ## Why it matters

    YAML 1.2 has none, and readers disagree on which of two values wins.

    ## Example

        auterity: 1
        name: demo
        steps:
          first: &pause {wait: 1h}
          second:
            <<: *pause

    ## Instead

        auterity: 1
        name: demo
        steps:
          first: &pause {wait: 1h}
          second: *pause
    """
    return found_by_loader(subject, "AUT105")
