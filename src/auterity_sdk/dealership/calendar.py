"""Business hours: when a store is open, and when so much of its time will have passed. Summer time is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo

from msgspec import Struct

from auterity_sdk.dealership.holidays import is_us_holiday

Hours = tuple[int, int]
"""From when to when a store is open, in minutes of the local day: 0 to 1440."""

WHOLE_DAY = 1440
_MINUTE = timedelta(minutes=1)
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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
        first = self._local_day(at) - timedelta(days=1)
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
        for opening, closing in self.week[day.weekday()]:
            start, end = self._moment(day, opening, fold=0), self._moment(day, closing, fold=1)
            if start < end:
                yield start, end

    def _local_day(self, at: int) -> date:
        return (_EPOCH + at * _MILLISECOND).astimezone(self.zone).date()

    def _moment(self, day: date, minute: int, *, fold: int) -> int:
        clock = datetime(day.year, day.month, day.day) + minute * _MINUTE  # noqa: DTZ001 - what the clock reads
        local = clock.replace(tzinfo=self.zone, fold=fold)
        moment = local.astimezone(UTC)
        if moment.astimezone(self.zone).replace(tzinfo=None) != clock:
            moment = self._turn(local)
        return round((moment - _EPOCH) / _MILLISECOND)

    def _turn(self, skipped: datetime) -> datetime:
        """When the clock is turned forward past a time that it never reads."""
        before = skipped.replace(fold=1).astimezone(UTC)
        after = skipped.replace(fold=0).astimezone(UTC)
        old = before.astimezone(self.zone).utcoffset()
        while after - before > timedelta(seconds=1):
            middle = before + (after - before) // 2
            if middle.astimezone(self.zone).utcoffset() == old:
                before = middle
            else:
                after = middle
        return after.replace(microsecond=0)
