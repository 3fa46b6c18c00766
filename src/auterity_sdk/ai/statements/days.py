"""Days that a text names: by the calendar, by the week, or from today on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from auterity_sdk.ai.statements.calendar_words import (
    DAY,
    MONTH,
    MONTHS,
    ORDINAL,
    WEEKDAY,
    WEEKDAYS,
    day_number,
    one_of,
)
from auterity_sdk.ai.statements.number_words import read_number_words
from auterity_sdk.ai.statements.statement import (
    Day,
    DayOfYear,
    Number,
    Reading,
    Value,
    Weekday,
    Word,
)

_YEAR = re.compile(r"(?:,? (?:de |del |of )?|,)(?:(\d{4})(?![\d,.]*\d)|'(\d\d)(?!\d))")
_BEFORE_YEAR = re.compile(r",? (?:de |del |of )?")
_CALENDAR = (
    re.compile(rf"{MONTH}[ -](?:the )?{DAY}"),
    re.compile(rf"(?:on )?(?:the |el (?:dia )?)?{DAY}[ -]?(?:(?:day )?of |de )?{MONTH}"),
)
_WRITTEN = (
    re.compile(r"(?P<y>\d{4})([-/.])(?P<a>\d{1,2})\2(?P<b>\d{1,2})(?![\d/]|-\d)"),
    re.compile(r"(?P<a>\d{1,2})([-/.])(?P<b>\d{1,2})\2(?P<y>\d{4}|\d\d)(?![\d/]|-\d)"),
    re.compile(r"(?P<a>\d{1,2})/(?P<b>\d{1,2})(?![\d/]|[-.,]\d)(?P<y>)"),
)
_NO_DAY = re.compile(rf"(?:{MONTH}(?: (?:of |de )?(?P<year>\d{{4}}))?)(?![\w])")
_SHORT_MONTHS = "may mar march jan feb apr jun jul aug sep sept oct nov dec ene abr ago dic mayo"
_MAYBE_NO_MONTH = frozenset(_SHORT_MONTHS.split())
_IN_MONTH = re.compile(r"\b(?:in|by|until|till|this|next|last|since|early|late|en|hasta|de) $")
_WEEK = re.compile(
    rf"(?:(?P<which>next|this coming|this|coming|el proximo|proximo|este|last|el pasado) )?{WEEKDAY}(?P<comes> que viene)?(?P<week>,? (?:of )?next week)?"
)
_RANGE = r" ?(?:-|to|through|thru|a) ?"
_RANGE_AFTER = re.compile(rf"{_RANGE}{WEEKDAY}")
_OPEN_AFTER = re.compile(
    r"s?,? (?:(?:from|to|until|till|de|hasta|a) (?:las )?\d|\d{1,2}(?::\d\d)? ?(?:[ap]\.?m\.?)? ?(?:-|to|until|a) ?(?:las )?\d)"
)
_EVERY = re.compile(
    rf"(?:\b(?:every|each|cada|(?:todos )?los) |{one_of(WEEKDAYS)}\.?{_RANGE})(?:el )?$"
)
_WEEKDAY_BEHIND = re.compile(rf",? ?\(?(?:an? |on a )?{WEEKDAY}\)?(?! ?(?:-|to|through|and)\b)")
_JOINT = re.compile(r"(?:,? |,)(?:the |el |dia )?")
_WORDS = (
    (re.compile(r"(?:the )?day after tomorrow\b|pasado manana\b"), 2),
    (re.compile(r"tomorrow\b|(?<!la )(?<!esta )(?<!una )(?<!cada )manana\b"), 1),
    (re.compile(r"yesterday\b|ayer\b"), -1),
    (re.compile(r"today\b|tonight\b|hoy\b|(?:this morning|this afternoon|this evening|esta (?:noche|tarde|manana))\b"), 0),
)  # fmt: skip
_SAID_NOW = re.compile(
    r"\b(?:call|text|us|reply|email|visit|contact|contacting|now|out|here|llame|llamenos|escribanos|ahora) $"
)
_THANKS = re.compile(r"\b(?:thank|thanks|gracias)\b[^.!?]*$")
_WITHIN = re.compile(r"(?:in|within|en|dentro de|after) ")
_FROM_NOW = re.compile(r" (?:from (?:now|today)|a partir de hoy|later)\b")
_SPAN = re.compile(r"[ -](day|dia|week|semana)s?\b")
_ARTICLE = re.compile(r"(?:an?|una?)(?= )")
_ORDINAL = re.compile(rf"(?P<on>on the |the |el dia |el )?(?P<number>{ORDINAL})")
_ENDS = re.compile(r"\s*(?:$|[.,;:!?)]|at |of (?:this|next) month|a las )")
_NUMERAL = re.compile(r"\d{1,3}(?![\d.,]*\d)")


def read_day(text: str, start: int, today: date, *, spanish: bool = False) -> Reading | None:
    """The day that is named at `start` of a plain text, as seen from `today`; None if none is."""
    return (
        _of_week(text, start, today, spanish=spanish)
        or _from_today(text, start, today)
        or _in_days(text, start, today, spanish=spanish)
        or _with_weekday(text, _of_calendar(text, start, spanish=spanish), today)
        or _of_month(text, start, today)
        or _only_month(text, start)
    )


def _of_calendar(text: str, start: int, *, spanish: bool) -> Reading | None:
    if text.startswith("24/7", start):
        return Reading(start + 4, "code", (Word("code", "24/7"),))
    for form in _CALENDAR:
        if found := form.match(text, start):
            year, end = _year(text, found.end(), spanish=spanish)
            month, day = MONTHS[found["month"]], day_number(found["day"])
            return _day(end, year, ((month, day),))
    for form in _WRITTEN:
        if found := form.match(text, start):
            return _written(found, spanish=spanish)
    return None


def _written(found: re.Match[str], *, spanish: bool) -> Reading | None:
    first, second, year = int(found["a"]), int(found["b"]), found["y"]
    usual, other = (first, second), (second, first)
    if spanish and not (year and len(year) == 4 and found.start("y") == found.start()):
        usual, other = other, usual
    whole = int(year) + (2000 if len(year) == 2 else 0) if year else None
    possible = [each for each in (usual, other) if _date(whole or 2000, *each)]
    if not year and not possible:
        return None
    reading = _day(found.end(), whole, possible[:1])
    if year or not second:
        return reading
    # Without a year it may be a fraction.
    return Reading(reading.end, "date", (*reading.values, Number(Decimal(first) / Decimal(second))))


def _day(end: int, year: int | None, days: Sequence[tuple[int, int]]) -> Reading:
    values: list[Value] = []
    for month, day in days:
        if year is None and _date(2000, month, day):
            values.append(DayOfYear(month, day))
        elif year is not None and (whole := _date(year, month, day)):
            values.append(Day(whole))
    if not values:
        return Reading(end, "unreadable", why="there is no such day")
    return Reading(end, "date", tuple(values))


def _year(text: str, place: int, *, spanish: bool) -> tuple[int | None, int]:
    if found := _YEAR.match(text, place):
        return int(found[1] or 2000 + int(found[2])), found.end()
    joint = _BEFORE_YEAR.match(text, place)
    spelt = read_number_words(text, joint.end(), spanish=spanish) if joint else None
    if spelt and spelt.numbers and 1990 <= spelt.numbers[0] <= 2100:
        return int(spelt.numbers[0]), spelt.end
    return None, place


def _of_week(text: str, start: int, today: date, *, spanish: bool) -> Reading | None:
    found = _WEEK.match(text, start)
    if found is None or text[max(0, start - 4) : start] == "the ":
        return None
    weekday = WEEKDAYS[found["weekday"]]
    if (
        found["many"]
        or _RANGE_AFTER.match(text, found.end())
        or _OPEN_AFTER.match(text, found.end())
        or _EVERY.search(text, max(0, start - 24), start)
    ):
        return Reading(found.end(), "date", (Weekday(weekday, every=True),))
    joint = _JOINT.match(text, found.end())
    day = _of_calendar(text, joint.end(), spanish=spanish) if joint else None
    day = day or (_of_month(text, joint.end(), today) if joint else None)
    if day is not None and day.kind == "date":
        return _both(day, weekday, today)
    if found["which"] in ("last", "el pasado"):
        back = (today.weekday() - weekday - 1) % 7 + 1
        return Reading(found.end(), "date", (Day(today - timedelta(days=back)),))
    which = "next" if found["week"] else found["which"] or ""
    ahead = _days_ahead(weekday, today, which, following=bool(found["comes"]))
    values = (Day(today + timedelta(days=ahead)), Weekday(weekday, every=False))
    return Reading(found.end(), "date", values)


def _with_weekday(text: str, day: Reading | None, today: date) -> Reading | None:
    """A day with a weekday behind it: `December 3 (Thursday)`."""
    found = _WEEKDAY_BEHIND.match(text, day.end) if day is not None and day.kind == "date" else None
    if day is None or found is None:
        return day
    return _both(Reading(found.end(), day.kind, day.values), WEEKDAYS[found["weekday"]], today)


def _days_ahead(weekday: int, today: date, which: str, *, following: bool) -> int:
    """Days to a weekday. `next Friday` is that of the week after this one, `this Friday` may be today."""
    if which == "next":
        return 7 - today.weekday() + weekday
    ahead = (weekday - today.weekday()) % 7
    return ahead or (0 if which.startswith(("this", "este")) and not following else 7)


def _both(day: Reading, weekday: int, today: date) -> Reading:
    """A weekday with its day: both have to be the same."""
    possible = [each for value in day.values for each in _days(value, today)]
    right = tuple(Day(each) for each in possible if each.weekday() == weekday)
    if not right:
        return Reading(day.end, "unreadable", why="that day is another day of the week")
    return Reading(day.end, "date", right)


def _days(value: Value, today: date) -> Iterator[date]:
    if isinstance(value, Day):
        yield value.day
    elif isinstance(value, DayOfYear):
        for year in (today.year - 1, today.year, today.year + 1):
            day = _date(year, value.month, value.day)
            if day is not None and abs((day - today).days) <= 366:
                yield day


def _from_today(text: str, start: int, today: date) -> Reading | None:
    for pattern, days in _WORDS:
        found = pattern.match(text, start)
        if found is None:
            continue
        if days == 0 and _is_greeting(text, start):
            return None
        return Reading(found.end(), "date", (Day(today + timedelta(days=days)),))
    return None


def _is_greeting(text: str, start: int) -> bool:
    """`Call us today` and `Thanks for your visit today` name no day."""
    before = text[max(0, start - 200) : start]
    return bool(_SAID_NOW.search(before) or _THANKS.search(before))


def _in_days(text: str, start: int, today: date, *, spanish: bool) -> Reading | None:
    """`in three days`, `two weeks from now`: a day, and a number as well."""
    within = _WITHIN.match(text, start)
    number, end = _count(text, within.end() if within else start, spanish=spanish)
    span = _SPAN.match(text, end) if number is not None else None
    from_now = _FROM_NOW.match(text, span.end()) if span else None
    if number is None or span is None or not (within or from_now):
        return None
    unit = "day" if span[1] in ("day", "dia") else "week"
    days = number * (1 if unit == "day" else 7)
    if days > 3660:
        return None
    values = (Day(today + timedelta(days=days)), Number(Decimal(number), unit))
    return Reading((from_now or span).end(), "date", values)


def _count(text: str, place: int, *, spanish: bool) -> tuple[int | None, int]:
    if found := _NUMERAL.match(text, place):
        return int(found.group()), found.end()
    spelt = read_number_words(text, place, spanish=spanish)
    if spelt and len(spelt.numbers) == 1 and spelt.numbers[0] == int(spelt.numbers[0]):
        return int(spelt.numbers[0]), spelt.end
    article = _ARTICLE.match(text, place)
    return (1, article.end()) if article else (None, place)


def _of_month(text: str, start: int, today: date) -> Reading | None:
    """`on the 3rd`: a day of this month or the next; `3rd` and `third` are numbers too."""
    found = _ORDINAL.match(text, start)
    if found is None:
        return None
    number, written = day_number(found["number"]), found["number"]
    is_day = bool(found["on"]) and (written[0].isdigit() or _ENDS.match(text, found.end()))
    if not is_day and not written[0].isdigit() and (number < 3 or written in ("primer", "tercero")):
        return None  # `first, …` and `a second key` count nothing
    days = _next_of_month(number, today) if is_day else ()
    return Reading(found.end(), "date" if days else "number", (*days, Number(Decimal(number))))


def _next_of_month(day: int, today: date) -> tuple[Day, ...]:
    for ahead in range(13):
        year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
        found = _date(year, month + 1, day)
        if found is not None and found >= today:
            return (Day(found),)
    return ()


def _only_month(text: str, start: int) -> Reading | None:
    found = _NO_DAY.match(text, start)
    if found is None:
        return None
    named = found["month"]
    if not found["year"] and named in _MAYBE_NO_MONTH:
        may_be = named in ("may", "march") and _IN_MONTH.search(text, max(0, start - 8), start)
        if not may_be:
            return None
    words = " ".join(filter(None, (str(MONTHS[named]), found["year"])))
    return Reading(found.end(), "vague", (Word("vague", words),))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
