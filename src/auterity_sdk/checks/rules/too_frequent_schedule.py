"""The rule `too-frequent-schedule`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.schedule import cron_mistake, shortest_pause
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity


@rule("AUT215", Severity.WARNING)
def too_frequent_schedule(subject: Subject) -> Found:
    """A schedule comes due more often than every five minutes.

    ## What it checks

    The shortest pause between two ticks of a schedule.

    ## Why it matters

    Runs pile up behind each other; an event or a webhook is the better trigger for what must be quick.

    ## Example

        auterity: 1
        name: demo
        triggers:
          - schedule: {cron: "*/2 * * * *", timezone: America/Chicago}
        steps:
          pause: {wait: 1h}

    ## Instead

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h}
    """
    for index, trigger in enumerate(subject.workflow.triggers if subject.workflow else ()):
        cron = trigger.schedule.cron if trigger.schedule else ""
        if cron and not cron_mistake(cron) and shortest_pause(cron) < 5:
            message = f"the schedule comes due after {shortest_pause(cron)} min"
            place = Location(("triggers", index, "schedule", "cron"))
            yield Finding(message, place, help=("leave at least 5 minutes between two runs",))
