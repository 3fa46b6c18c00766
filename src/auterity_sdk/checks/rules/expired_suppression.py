"""The rule `expired-suppression`."""

from __future__ import annotations

from auterity_sdk.checks.loading import found_by_loader
from auterity_sdk.checks.rule import Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Severity


@rule("AUT007", Severity.WARNING)
def expired_suppression(subject: Subject) -> Found:
    """A comment allowed a finding until a day that is over.

    ## What it checks

    That the day in `until` is not over: it is the last one on which the comment counts. `--as-of` sets today.

    ## Why it matters

    An exception that nobody looks at again becomes the rule. From the next day on the finding is back.

    ## Example

        auterity: 1
        name: demo
        steps:
          # auterity: allow receive-without-timeout reason="until the desk is back" until=2026-01-31
          reply:
            receive: {event: sms.received}
        ends: {done: reply.received}

    ## Instead

        auterity: 1
        name: demo
        steps:
          # auterity: allow receive-without-timeout reason="until the desk is back" until=2027-03-01
          reply:
            receive: {event: sms.received}
        ends: {done: reply.received}
    """
    return found_by_loader(subject, "AUT007")
