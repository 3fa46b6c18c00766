"""The rule `suppression-without-reason`."""

from __future__ import annotations

from auterity_sdk.checks.loading import found_by_loader
from auterity_sdk.checks.rule import Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Severity


@rule("AUT005", Severity.WARNING)
def suppression_without_reason(subject: Subject) -> Found:
    """A comment allows a finding without a reason.

    ## What it checks

    That each `allow` comment has a `reason="…"` that is not empty.

    ## Why it matters

    Who reads the file later must be able to tell whether the reason still holds. Without one, nothing is allowed.

    ## Example

        auterity: 1
        name: demo
        steps:
          # auterity: allow receive-without-timeout until=2027-03-01
          reply:
            receive: {event: sms.received}
        ends: {done: reply.received}

    ## Instead

        auterity: 1
        name: demo
        steps:
          # auterity: allow receive-without-timeout reason="the desk closes each lead" until=2027-03-01
          reply:
            receive: {event: sms.received}
        ends: {done: reply.received}
    """
    return found_by_loader(subject, "AUT005")
