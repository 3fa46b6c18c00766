"""The rule `empty-value`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.schema_faults import faults
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location


@rule("AUT208")
def empty_value(subject: Subject) -> Found:
    """A value is left empty.

    ## What it checks

    Keys without a value, and lists, mappings and texts that need at least one member.

    ## Why it matters

    A key without a value is mostly a line that was not finished, or is indented wrongly.

    ## Example

        auterity: 1
        name: demo
        steps:
          route:
            switch: {}

    ## Instead

        auterity: 1
        name: demo
        input: {score: number}
        steps:
          route:
            switch:
              hot: input.score >= 80
              cold: else
        ends: {hot: route.hot, cold: route.cold}
    """
    for error in faults(subject, "empty-value"):
        advice = "give it a value, or leave the key out"
        yield Finding(f"`{error.name}` is empty", Location(error.path, "key"), help=(advice,))
