"""The rule `conflicting-keys`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.schema_faults import faults, plain_words
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location


@rule("AUT206")
def conflicting_keys(subject: Subject) -> Found:
    """Keys exclude each other, or one lacks its partner.

    ## What it checks

    That a step has one kind, a trigger one source, `remind` either `every` or `after`, and that `retry` has either `on` or
    `not_on`, and that `where` has its `first`, `more` its `max`, `default` its `timeout` and `idempotency_window` its
    `idempotency_key`.

    ## Why it matters

    Only one of the two could be carried out, and it would not be known which.

    ## Example

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h, receive: {event: sms.received, timeout: 1d}}

    ## Instead

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h}
    """
    for error in faults(subject, "conflicting-keys"):
        if error.type == "extra_forbidden":
            message = f"a step has one kind, and `{error.path[-1]}` is a second one"
            advice = ("make two steps of it",)
            yield Finding(message, Location(error.path, "key"), help=advice)
        else:
            yield Finding(plain_words(error), Location(error.path, "key"))
