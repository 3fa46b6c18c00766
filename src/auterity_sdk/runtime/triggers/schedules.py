"""When a schedule starts runs, those times among them at which no worker was there."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from auterity_sdk.workflow.cron import read_cron
from auterity_sdk.workflow.trigger import Schedule

ON_TIME = 60_000
"""A time at which a schedule came due is missed when nobody has seen it for so many milliseconds."""


def due_times(schedule: Schedule, seen: int, now: int) -> list[int]:
    """The times behind `seen` and up to `now` that start runs, as `missed` says, in milliseconds since 1970."""
    cron, zone = read_cron(schedule.cron), ZoneInfo(schedule.timezone)
    since = max(seen, now - schedule.missed_within.milliseconds - 1)
    if schedule.missed == "all":
        return cron.between(since, now, zone)
    if schedule.missed == "skip":
        return cron.between(max(since, now - ON_TIME - 1), now, zone)
    last = cron.last_between(since, now, zone)
    return [] if last is None else [last]


def next_time(schedule: Schedule, seen: int) -> int | None:
    """When it comes due next behind `seen`; None if it never does."""
    return read_cron(schedule.cron).next_after(seen, ZoneInfo(schedule.timezone))
