"""The rule `local-trigger`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity


@rule("AUT315", Severity.WARNING)
def local_trigger(subject: Subject) -> Found:
    """A webhook starts no run on this machine.

    ## What it checks

    Triggers of the kind `webhook`: `auterity worker` fires schedules and events, and no local command listens for
    requests from the network.

    ## Why it matters

    A webhook that nobody listens for looks, in the file, as if it were on.

    ## Example

        auterity: 1
        name: demo
        triggers:
          - webhook: {path: leads}
        steps:
          pause: {wait: 1h}

    ## Instead

        auterity: 1
        name: demo
        triggers:
          - event: {type: lead.created}
        steps:
          pause: {wait: 1h}
    """
    for index, trigger in enumerate(subject.workflow.triggers if subject.workflow else ()):
        if trigger.webhook:
            yield Finding(
                "a webhook starts no run on this machine",
                Location(("triggers", index, "webhook"), "key"),
                help=("send what came as an event (`auterity send`); a hosted server listens",),
            )
