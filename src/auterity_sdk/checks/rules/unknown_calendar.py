"""The rule `unknown-calendar`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.step import BusinessTime, WaitStep


@rule("AUT508")
def unknown_calendar(subject: Subject) -> Found:
    """The calendar of a wait is not known.

    ## What it checks

    That the `calendar` of a `wait` in business time is one of the project's settings, `[calendars.NAME]`; without
    the key it is `default`.

    ## Why it matters

    Without business hours it is not known when the wait ends.

    ## Example

        auterity: 1
        name: demo
        steps:
          pause:
            wait: {business: 4h, calendar: sales}

    ## Instead

        auterity: 1
        name: demo
        steps:
          pause: {wait: 4h}
    """
    names = subject.catalog.calendar_names()
    for node in subject.nodes():
        if not isinstance(node.step, WaitStep) or not isinstance(node.step.wait, BusinessTime):
            continue
        name = node.step.wait.calendar
        if name in names:
            continue
        near = subject.similar(name, names)
        advice = f"a similar one exists: `{near}`" if near else f"write it as [calendars.{name}]"
        written = "calendar" in node.step.wait.model_fields_set
        place = Location((*node.path, "wait", *(("calendar",) if written else ())))
        message = f"the settings have no calendar `{name}`"
        yield Finding(message, place, help=(advice,))
