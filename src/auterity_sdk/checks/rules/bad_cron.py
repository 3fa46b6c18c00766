"""The rule `bad-cron`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.schedule import cron_mistake
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location


@rule("AUT212")
def bad_cron(subject: Subject) -> Found:
    """A schedule's cron line cannot be read, or never comes due.

    ## What it checks

    Five fields: minute, hour, day of the month, month, day of the week; with lists, ranges, steps and
    English short names.

    ## Why it matters

    A schedule that is read differently runs at night instead of in the morning.

    ## Example

        auterity: 1
        name: demo
        triggers:
          - schedule: {cron: "0 25 * * mon-fri", timezone: America/Chicago}
        steps:
          pause: {wait: 1h}

    ## Instead

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h}
    """
    for index, trigger in enumerate(subject.workflow.triggers if subject.workflow else ()):
        reason = cron_mistake(trigger.schedule.cron) if trigger.schedule else None
        if reason:
            place = Location(("triggers", index, "schedule", "cron"))
            advice = "write minute, hour, day, month and weekday, such as `0 8 * * mon-sat`"
            yield Finding(reason, place, help=(advice,))
