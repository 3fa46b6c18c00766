"""The rule `unused-suppression`."""

from __future__ import annotations

from auterity_sdk.checks.loading import found_by_loader
from auterity_sdk.checks.rule import Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Severity


@rule("AUT004", Severity.WARNING)
def unused_suppression(subject: Subject) -> Found:
    """A comment allows what is not found.

    ## What it checks

    That each rule in an `allow` comment has a finding there. It is only asked where the whole file could be read.

    ## Why it matters

    What was mended needs no comment, and one that stays would hide the next mistake.

    ## Example

        auterity: 1
        name: demo
        steps:
          # auterity: allow receive-without-timeout reason="the desk closes each lead" until=2027-03-01
          reply:
            receive: {event: sms.received, timeout: 2d}
        ends: {done: reply.received, quiet: reply.timeout}

    ## Instead

        auterity: 1
        name: demo
        steps:
          reply:
            receive: {event: sms.received, timeout: 2d}
        ends: {done: reply.received, quiet: reply.timeout}
    """
    return found_by_loader(subject, "AUT004")
