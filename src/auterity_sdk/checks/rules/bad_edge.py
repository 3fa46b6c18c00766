"""The rule `bad-edge`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.schema_faults import faults, place_of, plain_words
from auterity_sdk.checks.subject import Subject


@rule("AUT218")
def bad_edge(subject: Subject) -> Found:
    """An edge or a join is not written as one.

    ## What it checks

    That `needs` and ends hold `step`, `step.outcome`, a join (`any`, `one`, `first`, `at_least` with `of`),
    or a list of these.

    ## Why it matters

    What a step waits for decides whether it runs at all.

    ## Example

        auterity: 1
        name: demo
        steps:
          first: {wait: 1h}
          second: {needs: first is done, wait: 1h}

    ## Instead

        auterity: 1
        name: demo
        steps:
          first: {wait: 1h}
          second: {needs: first.done, wait: 1h}
    """
    for error in faults(subject, "bad-edge"):
        yield Finding(plain_words(error), place_of(error))
