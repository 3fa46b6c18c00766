"""The rule `bad-duration`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.schema_faults import faults, place_of, plain_words
from auterity_sdk.checks.subject import Subject


@rule("AUT211")
def bad_duration(subject: Subject) -> Found:
    """A length of time is not written as `1h30m`.

    ## What it checks

    Durations: whole numbers with the units `ms s m h d w`, the larger first, at most 100 years.

    ## Why it matters

    A bare number does not say whether it means seconds or minutes.

    ## Example

        auterity: 1
        name: demo
        steps:
          pause: {wait: 90}

    ## Instead

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h30m}
    """
    for error in faults(subject, "bad-duration"):
        advice = "write it with units, such as `90s`, `1h30m` or `2d`"
        yield Finding(plain_words(error), place_of(error), help=(advice,))
