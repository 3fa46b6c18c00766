"""Business hours: when a store is open, and when so much of its time will have passed. Summer time is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo

from msgspec import Struct

from auterity_sdk.dealership.holidays import is_us_holiday
from auterity_sdk.dealership.wall_clock import local_time, moment_of

Hours = tuple[int, int]
"""From when to when a store is open, in minutes of the local day: 0 to 1440."""

WHOLE_DAY = 1440
_MINUTE = timedelta(minutes=1)
_HORIZON = 36_525
"""So many days are looked ahead: a hundred years."""


class Calendar(Struct, frozen=True):
    """`week` holds the hours of each weekday, Monday first, in order and apart. A day among the holidays has none.

    The store is open from the first time at which its clock reads the opening to the last at which it reads the
    closing; so a night in which the clock is turned back is an hour longer.
    """

    week: tuple[tuple[Hours, ...], ...]
    zone: tzinfo
    holidays: frozenset[date] = frozenset()
    us_federal: bool = False

    def after(self, at: int, length: int) -> int | None:
        """The first moment by which `length` of business time has passed since `at`, all in milliseconds.

        None where it does not within a hundred years.
        """
        if length <= 0:
            return at
        first = local_time(at, self.zone).date() - timedelta(days=1)
        for offset in range(_HORIZON):
            for start, end in self.open_on(first + timedelta(days=offset)):
                start = max(start, at)
                if end - start >= length:
                    return start + length
                length -= max(0, end - start)
        return None

    def open_on(self, day: date) -> Iterator[tuple[int, int]]:
        """When the store is open on a local day, in milliseconds since 1970."""
        if day in self.holidays or (self.us_federal and is_us_holiday(day)):
            return
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - what the clock reads
        for opening, closing in self.week[day.weekday()]:
            start = moment_of(midnight + opening * _MINUTE, self.zone)
            end = moment_of(midnight + closing * _MINUTE, self.zone, fold=1)
            if start < end:
                yield start, end
