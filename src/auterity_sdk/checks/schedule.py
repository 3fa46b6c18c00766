"""Cron lines and time zones, as far as a check needs them."""

from __future__ import annotations

import itertools
import zoneinfo
from functools import cache

from auterity_sdk.workflow.cron import read_cron

_LONGEST_MONTHS = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}


@cache
def zone_names() -> frozenset[str]:
    """The names of all time zones of the IANA data base."""
    return frozenset(zoneinfo.available_timezones())


def cron_mistake(line: str) -> str | None:
    """Why a cron line cannot be read or never comes due; None if it is right."""
    try:
        cron = read_cron(line)
    except ValueError as error:
        return str(error)
    first = min(cron.days)
    if cron.any_weekday and all(first > _LONGEST_MONTHS.get(month, 31) for month in cron.months):
        return f"no month of these has a day {first}"
    return None


def shortest_pause(line: str) -> int:
    """The shortest time between two ticks of a right cron line on one day, in minutes."""
    cron = read_cron(line)
    minutes, hours = cron.minutes, cron.hours
    pauses = [after - before for before, after in itertools.pairwise(minutes)]
    if any(hour + 1 in hours for hour in hours) or {0, 23} <= {*hours}:
        pauses.append(60 - minutes[-1] + minutes[0])
    return min(pauses, default=60)
