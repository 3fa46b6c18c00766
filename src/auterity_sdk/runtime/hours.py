"""Business hours as settings write them: `mon-fri = "9:00-18:00"`, `sat = ["9:00-12:00", "13:00-16:00"]`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping

from auterity_sdk.dealership.calendar import WHOLE_DAY, Hours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)")


def read_hours(written: Mapping[str, str | Iterable[str]]) -> tuple[tuple[Hours, ...], ...]:
    """The hours of each weekday, Monday first. Raises ValueError that says what is wrong."""
    week: dict[int, tuple[Hours, ...]] = {}
    for name, texts in written.items():
        hours = _of_a_day(name, [texts] if isinstance(texts, str) else list(texts))
        for day in _days(name):
            if day in week:
                raise ValueError(f"the hours of {DAYS[day]} stand twice")
            week[day] = hours
    if not any(week.values()):
        raise ValueError("the store is never open")
    return tuple(week.get(day, ()) for day in range(len(DAYS)))


def _days(name: str) -> range:
    first, _, last = name.partition("-")
    if first not in DAYS or (last or first) not in DAYS:
        raise ValueError(f"`{name}` is no day: write mon, or mon-fri")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    if end < begin:
        raise ValueError(f"`{name}` goes backwards: write two entries")
    return range(begin, end + 1)


def _of_a_day(name: str, texts: list[str]) -> tuple[Hours, ...]:
    hours = sorted(_hours(name, text) for text in texts)
    for (_, closing), (opening, _) in itertools.pairwise(hours):
        if opening < closing:
            raise ValueError(f"the hours of {name} overlap")
    return tuple(hours)


def _hours(name: str, text: str) -> Hours:
    found = _HOURS.fullmatch(text.replace(" ", ""))
    if found is None:
        raise ValueError(f"`{text}` are no hours for {name}: write 9:00-18:00")
    opening, closing = 60 * int(found[1]) + int(found[2]), 60 * int(found[3]) + int(found[4])
    if max(int(found[2]), int(found[4])) > 59 or not opening < closing <= WHOLE_DAY:
        raise ValueError(f"`{text}` are no hours of one day, from 0:00 to 24:00, for {name}")
    return opening, closing
