"""The rule `unknown-rule`."""

from __future__ import annotations

from auterity_sdk.checks.loading import found_by_loader
from auterity_sdk.checks.rule import Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Severity


@rule("AUT003", Severity.WARNING)
def unknown_rule(subject: Subject) -> Found:
    """A comment names a rule that there is not.

    ## What it checks

    That each rule in an `allow` comment is one of the catalogue's, by its code or its name. In `auterity.toml` such
    a name is an error of the settings.

    ## Why it matters

    A misspelt name allows nothing, and the finding that it is for comes back.

    ## Example

        auterity: 1
        name: demo
        steps:
          # auterity: allow recieve-without-timeout reason="the desk closes each lead" until=2027-03-01
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
    return found_by_loader(subject, "AUT003")
