"""Cron lines: read, and when they come due next in a time zone, also over nights in which its clock is turned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from msgspec import Struct

from auterity_sdk.dealership.wall_clock import is_skipped, local_time, moment_of

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, {name: at for at, name in enumerate(_MONTHS, 1)}),
    ("day of the week", 0, 7, {name: at for at, name in enumerate(_DAYS)}),
)
_PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")
_A_DAY = timedelta(days=1)
_DAY = 24 * 3600 * 1000
_HORIZON = 366 * 9
"""So many days are looked ahead: a 29 February may be eight years away."""


class Cron(Struct, frozen=True):
    """A cron line. Where neither kind of day is `*`, a day of either counts. `every_hour`: its hours begin with `*`."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool
    every_hour: bool

    def next_after(self, at: int, zone: tzinfo) -> int | None:
        """When it comes due next after a moment, in milliseconds since 1970; None if it never does.

        A time that the clock skips is due when it is turned, and one that it reads twice the first time alone. A line
        of every hour goes by hours that pass: it has no time that is skipped, and comes due in both.
        """
        today = local_time(at, zone).date()
        for offset in range(-1, _HORIZON):
            day = today + timedelta(days=offset)
            if self._is_on(day):
                found = min((each for each in self._moments(day, zone) if each > at), default=None)
                if found is not None:
                    return found
        return None

    def between(self, after: int, until: int, zone: tzinfo) -> list[int]:
        """When it comes due behind `after` and up to `until`, in milliseconds since 1970, in order."""
        day, last = local_time(after, zone).date() - _A_DAY, local_time(until, zone).date()
        found: set[int] = set()
        while day <= last:
            if self._is_on(day):
                found.update(each for each in self._moments(day, zone) if after < each <= until)
            day += _A_DAY
        return sorted(found)

    def last_between(self, after: int, until: int, zone: tzinfo) -> int | None:
        """The last of these times; None where there is none. It is looked for from the end."""
        while until > after:
            begin = max(after, until - _DAY)
            if found := self.between(begin, until, zone):
                return found[-1]
            until = begin
        return None

    def _is_on(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        in_month, in_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        if self.any_day or self.any_weekday:
            return in_month and in_week
        return in_month or in_week

    def _moments(self, day: date, zone: tzinfo) -> Iterator[int]:
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - what the clock reads
        for hour in self.hours:
            for minute in self.minutes:
                clock = midnight + timedelta(hours=hour, minutes=minute)
                if not self.every_hour:
                    yield moment_of(clock, zone)
                elif not is_skipped(clock, zone):
                    yield moment_of(clock, zone)
                    yield moment_of(clock, zone, fold=1)


@lru_cache(maxsize=256)
def read_cron(line: str) -> Cron:
    """A cron line of five fields. Raises ValueError that says what is wrong."""
    fields = line.lower().split()
    if len(fields) != len(_FIELDS):
        raise ValueError(f"a cron line has five fields, and this one {len(fields)}")
    values = [
        sorted({value for part in text.split(",") for value in _range(part, *field)})
        for text, field in zip(fields, _FIELDS, strict=True)
    ]
    minutes, hours, days, months, weekdays = values
    return Cron(
        minutes=tuple(minutes),
        hours=tuple(hours),
        days=frozenset(days),
        months=frozenset(months),
        weekdays=frozenset(day % 7 for day in weekdays),
        any_day=fields[2].startswith("*"),
        any_weekday=fields[4].startswith("*"),
        every_hour=fields[1].startswith("*"),
    )


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
