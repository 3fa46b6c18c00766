"""Days in a text, reckoned from the day on which it was written: `tomorrow`, `Dec 3rd`, `el viernes que viene`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import zip_longest

from msgspec import Struct

from auterity_sdk.ai.spoken.holidays import HOLIDAYS
from auterity_sdk.ai.spoken.ruled_out import is_ruled_out
from auterity_sdk.ai.spoken.taken import Taken
from auterity_sdk.ai.statements.calendar_words import MONTHS, ORDINALS, SHORT_WEEKDAYS, WEEKDAYS
from auterity_sdk.ai.statements.number_words import SMALL
from auterity_sdk.dealership.folding import fold


class SaidDay(Struct, frozen=True):
    """A day, and where it stands."""

    start: int
    end: int
    day: date


Match = re.Match[str]
_Reading = Callable[[Match, date], date | None]


def _any(words: object) -> str:
    assert isinstance(words, dict | set | frozenset | tuple)  # noqa: S101 - a table of this module
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_MONTH = _any(MONTHS)
_WEEKDAY = _any(WEEKDAYS)
_ORDINALS = {word.replace("-", dash): day for word, day in ORDINALS.items() for dash in "- "}
_DAYS_OF_MONTH = {**{word: day for word, day in SMALL.items() if 1 < day < 31}, **_ORDINALS}
_OF_MONTH = rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|ro)?(?!\d)|(?P<word>{_any(_DAYS_OF_MONTH)})"
_YEAR = r"(?:,? (?:de |del )?(?P<year>20\d\d)(?!\d))?"
_COUNT = r"(?P<count>\d{1,2}|a|an|un|una|one|two|three|four|five|six|dos|tres|cuatro|cinco|seis)"
_NOT_A_DAY = r"(?! ?(?:time|row|one|owner|call|visit|vehicle|car|gen|person|party|floor|row|week|place|inning|vez|%|mil\b|:|am\b|pm\b))"


def days(text: str, today: date) -> list[SaidDay]:
    """All days that are meant, in order. What is ruled out (`not Friday`), and a span (`Monday to Friday`), is left out.

    A day and month without a year is the next one; so is a weekday. `next Friday` is that of the next week, `el
    próximo viernes` the nearest, as they are said. Numbers are read month first, as in the USA, where that is a day.
    """
    folded = fold(text)
    found: list[SaidDay] = []
    taken = Taken(folded, (match.span() for match in re.finditer(_SPAN, folded)))
    for pattern, reading in _READINGS:
        for match in pattern.finditer(folded):
            if taken.overlaps(match):
                continue
            day = reading(match, today)
            if day is not None:
                taken.add(match.span())
                found.append(SaidDay(match.start(), match.end(), day))
    found = list(_without_names(sorted(found, key=lambda said: said.start), folded))
    return [said for said in found if not is_ruled_out(folded, said.start, said.end)]


def _without_names(found: list[SaidDay], folded: str) -> Iterator[SaidDay]:
    """`Friday, Dec 4th` is one day: the name beside a date adds nothing."""
    for said, following in zip_longest(found, found[1:]):
        is_name = re.search(rf"(?:{_WEEKDAY})\W*$", folded[said.start : said.end]) is not None
        if is_name and following is not None:
            between = folded[said.end : following.start].strip(" ,.(")
            if between in ("", "the", "el", "on", "dia") and following.day != said.day:
                continue
        yield said


def _coming(today: date, month: int, day: int, year: int | None = None) -> date | None:
    for each in (year,) if year else range(today.year, today.year + 5):
        try:
            found = date(each, month, day)
        except ValueError:
            continue
        if year or found >= today:
            return found
    return None


def _iso(match: Match, today: date) -> date | None:
    return _coming(today, int(match["month"]), int(match["day"]), int(match["year"]))


def _named_month(match: Match, today: date) -> date | None:
    day = int(match["day"]) if match["day"] else _DAYS_OF_MONTH[match["word"]]
    year = int(match["year"]) if match["year"] else None
    return _coming(today, MONTHS[match["month"]], day, year)


def _numeric(match: Match, today: date) -> date | None:
    first, second = int(match["first"]), int(match["second"])
    if (first, second) in ((24, 7), (50, 50)):
        return None
    year = match["year"]
    whole = None if year is None else int(year) + (2000 if len(year) == 2 else 0)
    month, day = (second, first) if first > 12 else (first, second)
    return _coming(today, month, day, whole) if 1 <= month <= 12 else None


def _shifted(match: Match, today: date) -> date:
    said = match[0]
    if re.search(r"day after|pasado", said):
        return today + timedelta(days=2)
    return today + timedelta(days=re.search(r"today|tonight|hoy|this|esta", said) is None)


def _later(match: Match, today: date) -> date:
    count = match["count"]
    number = int(count) if count.isdigit() else SMALL.get(count, 1)
    unit = 7 if match["unit"].startswith(("week", "sem")) else 1
    return today + timedelta(days=number * unit)


def _week_from(match: Match, today: date) -> date:
    weeks = 14 if match["weeks"] == "two weeks" else 7
    base = match["base"]
    if base in ("today", "hoy", "now"):
        return today + timedelta(days=weeks)
    if base in ("tomorrow", "manana"):
        return today + timedelta(days=weeks + 1)
    return _next_weekday(base, today) + timedelta(days=weeks)


def _next_weekday(name: str, today: date) -> date:
    return today + timedelta(days=(WEEKDAYS[name] - today.weekday() - 1) % 7 + 1)


def _weekday(match: Match, today: date) -> date | None:
    name, before, after = match["name"], (match["before"] or "").strip(), match["after"] or ""
    if name in SHORT_WEEKDAYS and not (before or match["lead"] or match["tail"] is not None):
        return None
    if before == "los" or re.search(r"\b(?:last|past|pasado)\b", before + after):
        return None
    coming = _next_weekday(name, today)
    same_week = coming.isocalendar()[:2] == today.isocalendar()[:2]
    if re.search(r"next week|proxima semana|semana que viene|otra semana|semana proxima", after):
        return coming + timedelta(days=7) if same_week else coming
    if before == "next" and same_week:
        return coming + timedelta(days=7)
    return coming


def _of_next_week(match: Match, today: date) -> date:
    monday = today + timedelta(days=7 - today.weekday())
    return _next_weekday(match["name"], monday - timedelta(days=1))


def _nth_weekday(match: Match, today: date) -> date | None:
    """`the first Saturday of December`."""
    month, weekday = MONTHS[match["month"]], WEEKDAYS[match["name"]]
    for year in (today.year, today.year + 1):
        first = date(year, month, 1)
        if match["nth"] in ("last", "ultimo"):
            following = date(year + month // 12, month % 12 + 1, 1)
            found = following - timedelta(days=(following.weekday() - weekday - 1) % 7 + 1)
        else:
            weeks = _NTHS[match["nth"]]
            found = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * weeks)
        if found >= today:
            return found
    return None


def _day_of_month(match: Match, today: date) -> date | None:
    day = int(match["day"]) if match["day"] else _ORDINALS[match["word"]]
    for ahead in range(12):
        month = today.month + ahead
        year = today.year + (month - 1) // 12
        found = _coming(date(1, 1, 1), (month - 1) % 12 + 1, day, year)
        if found is not None and found >= today:
            return found
    return None


def _holiday(match: Match, today: date) -> date:
    of = HOLIDAYS[match["name"]]
    return of(today.year) if of(today.year) >= today else of(today.year + 1)


_TOMORROW = r"tomorrow|tommorow|tommorrow|tomorow|tmrw|tmrow|tmw|tmr|2morrow|2moro"
_ISO = r"\b(?P<year>20\d\d)-(?P<month>\d\d?)-(?P<day>\d\d?)(?!\d)"
_HOLIDAY = rf"\b(?P<name>{_any(HOLIDAYS)})\b"
_MONTH_FIRST = (
    rf"(?<!\d )(?<!\d de )(?<!\d of )\b(?P<month>{_MONTH})\.? (?:the )?(?:{_OF_MONTH})\b"
    rf"(?! ?%|:\d| ?[ap]\.?m\b){_YEAR}"
)
_DAY_FIRST = rf"\b(?:{_OF_MONTH}) (?:of |de )?(?P<month>{_MONTH})\b{_YEAR}"
_SLASHED = (
    r"(?<![\d/.$])(?P<first>\d{1,2})/(?P<second>\d{1,2})(?:/(?P<year>20\d\d|\d\d))?(?![\d/%])"
    r"(?! ?(?:ton|hour|off|mile|inch|price))"
)
_DASHED = (
    r"(?<![\d/.$-])(?P<first>\d{1,2})[.-](?P<second>\d{1,2})[.-](?P<year>20\d\d|\d\d)(?![\d/-])"
)
_WEEK_FROM = (
    r"\b(?P<weeks>(?:a|one|1|two) weeks?|una semana) (?:from|after|a partir de|desde) "
    rf"(?P<base>today|now|hoy|manana|{_TOMORROW}|{_WEEKDAY})\b"
)
_IN_DAYS = rf"\b(?:in|within|en|dentro de) {_COUNT} (?P<unit>days?|weeks?|dias?|semanas?)\b(?! old)"
_FROM_NOW = rf"\b{_COUNT} (?P<unit>days?|weeks?) from (?:now|today)\b"
_OVERMORROW = rf"\b(?:the )?day after (?:{_TOMORROW})\b|\bpasado manana\b"
_NEXT_DAY = (
    rf"\b(?:{_TOMORROW})\b"
    r"|(?<!de la )(?<!por la )(?<!en la )(?<!esta )(?<!a la )\bmanana\b"
)
_SAME_DAY = (
    r"\b(?:today|tonight|hoy)\b|\bthis (?:morning|afternoon|evening)\b"
    r"|\besta (?:manana|tarde|noche)\b"
)
_NAMED_DAY = (
    r"(?P<lead>\b(?:on|by|for|til|until|come|come in|stop by|see you) |^|, |or |and )?"
    r"(?P<before>\b(?:this coming|this|this past|last|past|pasado|next|coming|este|proximo|siguiente|los|el proximo) )?"
    rf"\b(?P<name>{_WEEKDAY})\b"
    r"(?P<tail>\.?(?: at\b| ?@|,| morning| afternoon| evening| night| \d| the \d| or | works|$))?"
    r"(?P<after> (?:of )?next week| que viene| pasado"
    r"| (?:de )?(?:la )?(?:proxima semana|semana que viene|otra semana|semana proxima))?"
)
_NTHS = {"first": 0, "primer": 0, "second": 1, "third": 2, "fourth": 3}
_NTH_WEEKDAY = rf"\b(?P<nth>first|second|third|fourth|last|primer|ultimo) (?P<name>{_WEEKDAY}) (?:of|in|de) (?P<month>{_MONTH})\b"
_SPAN = rf"\b(?:{_WEEKDAY}) ?(?:-|to|thru|through|a) ?(?:{_WEEKDAY})\b"
_WEEK_THEN_DAY = rf"\bnext week(?: on)?,? (?P<name>{_WEEKDAY})\b"
_THE_NTH = (
    r"\bthe (?:(?P<day>\d{1,2})(?:st|nd|rd|th)"
    rf"|(?P<word>{_any({w for w, n in _ORDINALS.items() if n > 3})}))\b{_NOT_A_DAY}"
)
_NTH = rf"(?<=[a-z] )(?P<day>\d{{1,2}})th\b(?P<word>)?{_NOT_A_DAY}"
_EL_DIA = (
    rf"\b(?:el|para el|dia) (?:dia )?(?P<day>\d{{1,2}})\b(?P<word>)?{_NOT_A_DAY}"
    r"(?! ?(?:[a-z]+cientos|de la|en punto|/|,\d|\.\d))"
)
_READINGS: tuple[tuple[re.Pattern[str], _Reading], ...] = tuple(
    (re.compile(pattern), reading)
    for pattern, reading in (
        (_ISO, _iso),
        (_NTH_WEEKDAY, _nth_weekday),
        (_HOLIDAY, _holiday),
        (_MONTH_FIRST, _named_month),
        (_DAY_FIRST, _named_month),
        (_SLASHED, _numeric),
        (_DASHED, _numeric),
        (_WEEK_FROM, _week_from),
        (_IN_DAYS, _later),
        (_FROM_NOW, _later),
        (_OVERMORROW, _shifted),
        (_NEXT_DAY, _shifted),
        (_SAME_DAY, _shifted),
        (_WEEK_THEN_DAY, _of_next_week),
        (_NAMED_DAY, _weekday),
        (_THE_NTH, _day_of_month),
        (_NTH, _day_of_month),
        (_EL_DIA, _day_of_month),
    )
)
