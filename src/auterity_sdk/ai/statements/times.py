"""Times of the day that a text names."""

from __future__ import annotations

import re
from decimal import Decimal

from auterity_sdk.ai.statements.calendar_words import one_of
from auterity_sdk.ai.statements.number_words import SMALL, read_number_words
from auterity_sdk.ai.statements.statement import Clock, Number, Reading, Value

_HALF_OF_DAY = r"(?:(?= ?[ap]\.? ?m\b|[ap]\b) ?(?P<half>[ap])(?:\.? ?m\b\.?|\b))"
_PART = r"(?: (?P<part>in the (?:morning|afternoon|evening)|at night|de la (?:manana|tarde|noche)))"
_HOURS = {word: number for word, number in SMALL.items() if 1 <= number <= 12 and word != "oh"}
_HOUR = rf"(?P<hour>\d{{1,2}}|{one_of([*_HOURS, 'una'])}\b)"
_UNITS = [(word, number) for word, number in SMALL.items() if 1 <= number <= 9]
_TENS = [(word, number) for word, number in SMALL.items() if number in (20, 30, 40, 50)]
_SPELT_MINUTES = {
    **{word: number for word, number in SMALL.items() if 10 <= number < 60},
    **{f"{tens} {unit}": ten + one for tens, ten in _TENS for unit, one in _UNITS},
    **{f"oh {unit}": one for unit, one in _UNITS},
}
_MINUTES = rf"(?P<minute>\d\d|{one_of(word.replace(' ', '-') for word in _SPELT_MINUTES)}\b)"
_AT = r"(?P<at>at|by|from|until|till|to|before|after|around|between|(?:a|de|hasta|desde|para|entre) las?)"

_DIGITS = re.compile(
    rf"(?P<hour>\d{{1,2}})(?::|h)(?P<minute>\d\d)(?::\d\d)?(?![\d:])(?:{_HALF_OF_DAY}|{_PART})?"
)
_DOTTED = re.compile(rf"(?P<hour>\d{{1,2}})\.(?P<minute>\d\d){_HALF_OF_DAY}")
_WITH_HALF = re.compile(rf"{_HOUR}(?: (?:o'?clock))?(?:{_HALF_OF_DAY}|{_PART})")
_O_CLOCK = re.compile(rf"{_HOUR} (?:o'?clock|en punto)")
_WORDS = re.compile(rf"{_HOUR}[ -]{_MINUTES}(?:{_HALF_OF_DAY}|{_PART})")
_AT_HOUR = re.compile(rf"{_AT} {_HOUR}(?:[ -]{_MINUTES})?(?![\w$%]|[.,:/]\d|[- ]?\$)")
_PAST = re.compile(
    rf"(?P<how>half|(?:a )?quarter|ten|twenty|five) (?P<side>past|to|till|after) {_HOUR}(?:{_HALF_OF_DAY}|{_PART})?"
)
_SPANISH_PAST = re.compile(
    rf"(?:a |de |hasta |desde )?las? {_HOUR} (?P<side>y|menos) (?P<how>media|cuarto|diez|veinte|cinco)\b(?:{_PART})?"
)
_NAMED = re.compile(r"noon\b|midday\b|mediodia\b|midnight\b|medianoche\b")
_SPANS = {
    "half": 30, "quarter": 15, "a quarter": 15, "ten": 10, "twenty": 20, "five": 5,
    "media": 30, "cuarto": 15, "diez": 10, "veinte": 20, "cinco": 5,
}  # fmt: skip
_COUNTS = re.compile(
    r" (?:hundred|thousand|mil|million|dollars?|dolares|bucks|cents|percent|per ?cent|por ciento|k|grand|miles?"
    r"|millas|days?|dias|weeks?|semanas|months?|meses|years?|anos|of|de nuestr|owners?|keys?|and a half)\b"
)


def read_time(text: str, start: int, *, spanish: bool = False) -> Reading | None:
    """The time that is named at `start` of a plain text; None if none is."""
    if found := _whole(text, start):
        return _read(found)
    if found := _PAST.match(text, start) or _SPANISH_PAST.match(text, start):
        return _past(found)
    if found := _NAMED.match(text, start):
        hour = 0 if found.group().startswith(("midnight", "medianoche")) else 12
        return Reading(found.end(), "time", (Clock(hour, 0),))
    return _at_hour(text, start, spanish=spanish)


def _whole(text: str, start: int) -> re.Match[str] | None:
    """A time that shows by itself that it is one."""
    forms = (_DIGITS, _DOTTED, _WORDS, _WITH_HALF, _O_CLOCK)
    return next((found for form in forms if (found := form.match(text, start))), None)


def _read(found: re.Match[str]) -> Reading:
    groups = found.groupdict()
    values = _clocks(_hour(groups["hour"]), _minutes(groups.get("minute")), _half(groups))
    if not values:
        return Reading(found.end(), "unreadable", why="there is no such time")
    return Reading(found.end(), "time", values)


def _past(found: re.Match[str]) -> Reading:
    span = _SPANS[found["how"]]
    ahead = found["side"] in ("past", "after", "y")
    values = _clocks(_hour(found["hour"]), 0, _half(found.groupdict()))
    moved = (clock.hour * 60 + (span if ahead else -span) for clock in values)
    times = tuple(Clock(total // 60 % 24, total % 60) for total in moved)
    return Reading(found.end(), "time" if times else "unreadable", times)


def _at_hour(text: str, start: int, *, spanish: bool) -> Reading | None:
    """`at 10`, `a las cinco`: a time, unless something is counted."""
    found = _AT_HOUR.match(text, start)
    if found is None or _COUNTS.match(text, found.end()):
        return None
    if whole := _whole(text, found.start("hour")):
        return _read(whole)  # `at 5 pm`
    spelt = read_number_words(text, found.start("hour"), spanish=spanish)
    if spelt is not None and spelt.end > found.end():
        return None
    groups = found.groupdict()
    hour, minute = _hour(groups["hour"]), groups["minute"]
    numbers: tuple[Value, ...] = () if minute else (Number(Decimal(hour)),)
    values = (*_clocks(hour, _minutes(minute), ""), *numbers)
    return Reading(found.end(), "time", values) if values else None


def _hour(written: str) -> int:
    if written.isdigit():
        return int(written)
    return 1 if written == "una" else _HOURS[written]


def _minutes(written: str | None) -> int:
    if written is None or written.isdigit():
        return int(written or 0)
    return _SPELT_MINUTES[written.replace("-", " ")]


def _half(groups: dict[str, str | None]) -> str:
    """`a` or `p` for the half of the day, empty where it is not said."""
    if half := groups.get("half"):
        return half
    part = groups.get("part") or ""
    if not part:
        return ""
    return "a" if part.endswith(("morning", "manana")) else "p"


def _clocks(hour: int, minute: int, half: str) -> tuple[Clock, ...]:
    """What a time may mean. Without half of the day `5:30` may be in the afternoon, `10:30` is as it is written."""
    if minute > 59 or hour > 24 or (half and not 1 <= hour <= 12):
        return ()
    if half:
        return (Clock(hour % 12 + (12 if half == "p" else 0), minute),)
    written = Clock(hour % 24, minute)
    return (written, Clock(hour + 12, minute)) if 1 <= hour <= 6 else (written,)
