"""The rule `bad-enum`."""

from __future__ import annotations

import re

from auterity_sdk.checks.proposals import renamed
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.schema_faults import faults, place_of
from auterity_sdk.checks.subject import Subject


@rule("AUT204")
def bad_enum(subject: Subject) -> Found:
    """A value is not one of those that are allowed.

    ## What it checks

    Keys that take one of a few words, such as the `default` of an approval or the `format` of a webhook.

    ## Why it matters

    A word that is not known cannot be carried out.

    ## Example

        auterity: 1
        name: demo
        steps:
          ask:
            approve: {role: manager, timeout: 2d, default: reject}
        ends: {yes: ask.approved, no: ask.rejected}

    ## Instead

        auterity: 1
        name: demo
        steps:
          ask:
            approve: {role: manager, timeout: 2d, default: rejected}
        ends: {yes: ask.approved, no: ask.rejected}
    """
    for error in faults(subject, "bad-enum"):
        allowed = re.findall(r"'([^']+)'", str(error.context.get("expected", "")))
        near = subject.similar(str(error.value), allowed)
        listed = f"one of {', '.join(f'`{word}`' for word in allowed)}"
        advice = f"a similar word exists: `{near}`" if near else f"it is {listed}"
        place = place_of(error)
        message = f"`{error.name}` cannot be `{error.value}`"
        yield Finding(message, place, help=(advice,), fixes=renamed(place, near))
