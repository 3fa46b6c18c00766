"""The rule `local-trigger`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity


@rule("AUT315", Severity.WARNING)
def local_trigger(subject: Subject) -> Found:
    """A trigger starts no run on this machine.

    ## What it checks

    Workflows with `triggers`: `auterity run` starts one run by hand, and no local command listens for
    webhooks, events or schedules.

    ## Why it matters

    A schedule that nobody fires looks, in the file, as if it were on.

    ## Example

        auterity: 1
        name: demo
        triggers:
          - schedule: {cron: "0 8 * * mon-sat", timezone: America/Chicago}
        steps:
          pause: {wait: 1h}

    ## Instead

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h}
    """
    if subject.workflow is not None and subject.workflow.triggers:
        yield Finding(
            "triggers start no run on this machine",
            Location(("triggers",), "key"),
            help=("start runs by `auterity run FILE --input …`; a hosted server fires triggers",),
        )
