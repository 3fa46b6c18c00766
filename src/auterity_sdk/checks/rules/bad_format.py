"""The rule `bad-format`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.schema_faults import faults, place_of
from auterity_sdk.checks.subject import Subject


@rule("AUT217")
def bad_format(subject: Subject) -> Found:
    """A text is not in the form that its key asks for.

    ## What it checks

    The `path` of a webhook: letters, digits, `_`, `-` and `/`, beginning with a letter or digit.

    ## Why it matters

    The text becomes part of an address, where other characters have a meaning of their own.

    ## Example

        auterity: 1
        name: demo
        triggers:
          - webhook: {path: "/leads?dealer=7"}
        steps:
          pause: {wait: 1h}

    ## Instead

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h}
    """
    for error in faults(subject, "bad-format"):
        pattern = error.context.get("pattern", "")
        advice = f"it has to match the pattern {pattern}"
        yield Finding(
            f"`{error.value}` cannot be a `{error.name}`", place_of(error), help=(advice,)
        )
