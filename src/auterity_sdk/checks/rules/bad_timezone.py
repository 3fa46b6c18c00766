"""The rule `bad-timezone`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.schedule import zone_names
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location


@rule("AUT213")
def bad_timezone(subject: Subject) -> Found:
    """A schedule's time zone is not known.

    ## What it checks

    That `timezone` is a name of the IANA data base, such as `America/Chicago`.

    ## Why it matters

    Short names such as `CST` mean different zones in different places, and know no summer time.

    ## Example

        auterity: 1
        name: demo
        triggers:
          - schedule: {cron: "0 8 * * mon-sat", timezone: America/Chicgo}
        steps:
          pause: {wait: 1h}

    ## Instead

        auterity: 1
        name: demo
        steps:
          pause: {wait: 1h}
    """
    for index, trigger in enumerate(subject.workflow.triggers if subject.workflow else ()):
        zone = trigger.schedule.timezone if trigger.schedule else "UTC"
        if zone not in zone_names():
            place = Location(("triggers", index, "schedule", "timezone"))
            near = subject.similar(zone, zone_names())
            advice = (
                f"a similar zone exists: `{near}`"
                if near
                else "write a name such as `America/Chicago`"
            )
            yield Finding(f"there is no time zone `{zone}`", place, help=(advice,))
