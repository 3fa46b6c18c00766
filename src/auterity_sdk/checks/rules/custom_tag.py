"""The rule `custom-tag`."""

from __future__ import annotations

from auterity_sdk.checks.loading import found_by_loader
from auterity_sdk.checks.rule import Found, rule
from auterity_sdk.checks.subject import Subject


@rule("AUT109")
def custom_tag(subject: Subject) -> Found:
    """A tag is not one of YAML's core types.

    ## What it checks

    That values have no tags such as `!secret` or `!!python/object`.

    ## Why it matters

    A tag asks the reader to make something of its own; a workflow holds plain data only.

    ## Example

        auterity: 1
        name: demo
        steps:
          pause: {wait: !delay 1h}

    ## Instead

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h}
    """
    return found_by_loader(subject, "AUT109")
