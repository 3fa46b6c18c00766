"""The rule `out-of-range`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.schema_faults import faults, place_of, plain_words
from auterity_sdk.checks.subject import Subject


@rule("AUT205")
def out_of_range(subject: Subject) -> Found:
    """A number is too small or too large, or a text too long.

    ## What it checks

    Numbers with bounds: `attempts` from 1 to 1000, `max_parallel` from 1 to 10,000, and others.

    ## Why it matters

    No attempt at all, or a million calls at once, is never what was meant.

    ## Example

        auterity: 1
        name: demo
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: Call back}
            retry: {attempts: 0}

    ## Instead

        auterity: 1
        name: demo
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: Call back}
            retry: {attempts: 4}
    """
    for error in faults(subject, "out-of-range"):
        reason = plain_words(error).removeprefix("it should be ").removeprefix("value should have ")
        if reason.startswith("`"):
            yield Finding(reason, place_of(error))
            continue
        yield Finding(f"`{error.name}` is out of range: it has to be {reason}", place_of(error))
