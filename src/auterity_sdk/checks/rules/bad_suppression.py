"""The rule `bad-suppression`."""

from __future__ import annotations

from auterity_sdk.checks.loading import found_by_loader
from auterity_sdk.checks.rule import Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Severity


@rule("AUT008", Severity.WARNING)
def bad_suppression(subject: Subject) -> Found:
    """A comment for the check cannot be read, or asks for too much.

    ## What it checks

    That a comment that begins with `# auterity:` has the form `allow RULE reason="…" until=YYYY-MM-DD`, and names no
    rule whose findings keep the workflow from being carried out.

    ## Why it matters

    A comment that has no effect looks like one that has.

    ## Example

        auterity: 1
        name: demo
        steps:
          # auterity: ignore receive-without-timeout
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
    return found_by_loader(subject, "AUT008")
