"""The federal holidays of the USA (5 USC 6103), on their day and, where that is at a weekend, on the day observed."""

from __future__ import annotations

from datetime import date, timedelta

_FIXED = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
_NTH_WEEKDAY = ((1, 0, 3), (2, 0, 3), (5, 0, -1), (9, 0, 1), (10, 0, 2), (11, 3, 4))
"""Month, weekday (0 is Monday), and which one of the month; -1 is the last."""


def is_us_holiday(day: date) -> bool:
    """Is `day` a federal holiday, or the working day on which one at a weekend is observed?"""
    if _is_named(day):
        return True
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    return (day.weekday() == 4 and _is_fixed(after)) or (day.weekday() == 0 and _is_fixed(before))


def _is_fixed(day: date) -> bool:
    return (day.month, day.day) in _FIXED


def _is_named(day: date) -> bool:
    if _is_fixed(day):
        return True
    nth = (day.day - 1) // 7 + 1
    last = (day + timedelta(days=7)).month != day.month
    return (day.month, day.weekday(), nth) in _NTH_WEEKDAY or (
        last and (day.month, day.weekday(), -1) in _NTH_WEEKDAY
    )
