"""Cron lines and time zones, as far as a check needs them."""

from __future__ import annotations

import itertools
import re
import zoneinfo
from functools import cache

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, {name: at for at, name in enumerate(_MONTHS, 1)}),
    ("day of the week", 0, 7, {name: at for at, name in enumerate(_DAYS)}),
)
_LONGEST_MONTHS = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
_PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")


@cache
def zone_names() -> frozenset[str]:
    """The names of all time zones of the IANA data base."""
    return frozenset(zoneinfo.available_timezones())


def cron_mistake(line: str) -> str | None:
    """Why a cron line cannot be read or never comes due; None if it is right."""
    fields = line.split()
    if len(fields) != len(_FIELDS):
        return f"a cron line has five fields, and this one {len(fields)}"
    try:
        values = _values(line)
    except ValueError as error:
        return str(error)
    days, months = values[2], values[3]
    if fields[4] == "*" and all(min(days) > _LONGEST_MONTHS.get(month, 31) for month in months):
        return f"no month of these has a day {min(days)}"
    return None


def shortest_pause(line: str) -> int:
    """The shortest time between two ticks of a right cron line on one day, in minutes."""
    minutes, hours = _values(line)[:2]
    pauses = [after - before for before, after in itertools.pairwise(minutes)]
    if any(hour + 1 in hours for hour in hours) or {0, 23} <= {*hours}:
        pauses.append(60 - minutes[-1] + minutes[0])
    return min(pauses, default=60)


def _values(line: str) -> list[list[int]]:
    return [
        sorted({value for part in text.split(",") for value in _range(part, *field)})
        for text, field in zip(line.lower().split(), _FIELDS, strict=True)
    ]


def _range(part: str, name: str, low: int, high: int, words: dict[str, int]) -> range:
    found = _PART.fullmatch(part)
    if found is None:
        raise ValueError(f"`{part}` is no {name}")
    every = int(found["step"] or 1)
    if found["first"] == "*":
        first, last = low, high
    else:
        first = _number(found["first"], name, words)
        open_end = high if found["step"] else first
        last = _number(found["last"], name, words) if found["last"] else open_end
    if not (low <= first <= last <= high) or every < 1:
        raise ValueError(f"`{part}` is no {name} from {low} to {high}")
    return range(first, last + 1, every)


def _number(text: str, name: str, words: dict[str, int]) -> int:
    if text in words:
        return words[text]
    if not text.isdecimal():
        raise ValueError(f"`{text}` is no {name}")
    return int(text)
