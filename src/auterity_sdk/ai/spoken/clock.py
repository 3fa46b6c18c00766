"""Times of day in a text: `4:30 pm`, `at 10`, `half past two`, `a las cinco de la tarde`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time
from functools import lru_cache

from msgspec import Struct

from auterity_sdk.ai.spoken.ruled_out import is_ruled_out
from auterity_sdk.ai.spoken.taken import Taken
from auterity_sdk.ai.statements.calendar_words import LONG_WEEKDAYS
from auterity_sdk.ai.statements.number_words import SMALL
from auterity_sdk.dealership.folding import fold


class SaidTime(Struct, frozen=True):
    """A time, and where it stands."""

    start: int
    end: int
    at: time


Match = re.Match[str]

_HOURS = {
    "una": 1,
    **{word: hour for word, hour in SMALL.items() if 1 <= hour <= 12 and word != "uno"},
}
_MINUTES = {word: minute for word, minute in SMALL.items() if 5 <= minute < 60}
_HOUR_WORD = "|".join(sorted(_HOURS, key=len, reverse=True))
_MINUTE_WORD = "|".join(sorted(_MINUTES, key=len, reverse=True))
_HALF = r"(?P<half>a\.?m\.?\b|p\.?m\.?\b|(?<=\d)[ap]\b(?!\.?\w))"
_HOUR = rf"(?P<hour>\d{{1,2}}|{_HOUR_WORD})"
_NO_UNIT = (
    r"(?![\d:/%]|[.,]\d| ?(?:%|k\b|miles?|mi\b|months?|mos?\b|days?|weeks?|years?|yrs?|people|percent|grand|thousand|hundred"
    r"|dollars?|bucks|of us|kids|minutes?|min\b|mil\b|meses|dias|anos|millas|personas|cientos|doors?|owners?|am\b|pm\b|a\.m|p\.m"
    r"|hours?|horas|blocks|apr\b|down\b|more|other|different|times))"
)
_DAY_NAME = "|".join((*LONG_WEEKDAYS, "tomorrow", "tmrw", "today"))
_ANY_HOUR = rf"(?:\d{{1,2}}|{_HOUR_WORD})(?::\d\d)?(?: ?[ap]\.?m\b\.?)?"
_RANGE = re.compile(
    rf"\b(?:between|entre(?: las?)?) {_ANY_HOUR} (?:and|y|to)(?: las?)? {_ANY_HOUR}"
    rf"|\b(?:from )?\d{{1,2}}(?::\d\d)? ?(?:[ap]\.?m\.?)? ?(?:-|to|til|until) ?\d{{1,2}}(?::\d\d)? ?(?:[ap]\.?m\b|$|[.,?!])"
    rf"|\b(?:before|until|till|antes de(?: las?)?|hasta las?) {_ANY_HOUR}"
)


def times(text: str) -> list[SaidTime]:
    """All times that are meant, in order. What is ruled out (`not at 3`), and spans (`2 to 4`), are left out.

    Without a.m. or p.m., and no word for the part of the day in its sentence, an hour is one at which a dealer is
    open: 8 to 11 before noon, 12 to 6 after; 7 is neither, so it is left out.
    """
    folded = fold(text)
    taken = Taken(folded, (match.span() for match in _RANGE.finditer(folded) if _is_span(match)))
    found: list[SaidTime] = []
    for pattern, reading in _READINGS:
        for match in pattern.finditer(folded):
            if taken.overlaps(match):
                continue
            at = reading(match, folded)
            if at is not None:
                taken.add(match.span())
                found.append(SaidTime(match.start(), match.end(), at))
    found.sort(key=lambda said: said.start)
    return [said for said in found if not is_ruled_out(folded, said.start, said.end)]


def _is_span(match: Match) -> bool:
    """`moved from 3 to 4` has one end that is meant."""
    return not match[0].startswith("from") and "move" not in match.string[: match.start()][-24:]


def _clock(match: Match, folded: str) -> time | None:
    half = match.groupdict().get("half")
    return _at(_hour(match), _minute(match), half, match, folded)


def _words(match: Match, folded: str) -> time | None:
    """`half past ten`, `quarter to five`."""
    hour, part = _hour(match), match["part"]
    minute = 30 if part.startswith("half") else 15
    if match["way"] in ("to", "til", "of", "before"):
        hour, minute = (hour - 1) or 12, 60 - minute
    return _at(hour, minute, None, match, folded)


def _spanish(match: Match, folded: str) -> time | None:
    hour, minute = _hour(match), _minute(match)
    if match["less"]:
        hour, minute = (hour - 1) or 12, 60 - _part(match["less"])
    elif match["more"]:
        minute = _part(match["more"])
    return _at(hour, minute, match["half"], match, folded)


def _noon(match: Match, _: str) -> time:
    return time(12) if re.match(r"noon|midday|medio ?dia", match["name"]) else time(0)


def _part(word: str) -> int:
    fixed = {"media": 30, "cuarto": 15}
    return fixed.get(word) or (int(word) if word.isdigit() else _MINUTES.get(word, 0))


def _hour(match: Match) -> int:
    return int(match["hour"]) if match["hour"].isdigit() else _HOURS[match["hour"]]


def _minute(match: Match) -> int:
    said = match.groupdict().get("minute")
    if not said:
        return 0
    return int(said) if said.isdigit() else _MINUTES[said]


def _at(hour: int, minute: int, half: str | None, match: Match, folded: str) -> time | None:
    if hour > 23 or minute > 59 or (half and not 1 <= hour <= 12):
        return None
    if half is None and (hour > 12 or match["hour"].startswith("0")):
        return time(hour, minute)
    after_noon = half.startswith("p") if half else _after_noon(hour, match, folded)
    if after_noon is None:
        return None
    return time(hour % 12 + (12 if after_noon else 0), minute)


_SENTENCE = 200
_AM = re.compile(
    r"\b(?:morning|breakfast|before work|(?:de|por|en) la manana|temprano|drop (?:it|her|him|my \w+|the \w+) off|drop off)\b"
)
_PM = re.compile(
    r"\b(?:afternoon|evening|tonight|night|after (?:work|school|lunch)|(?:de|por|en) la (?:tarde|noche)|esta (?:tarde|noche)|tarde|lunch|dinner)\b"
)


def _after_noon(hour: int, match: Match, folded: str) -> bool | None:
    near = re.split(r"[;!?]|\.(?:\s|$)|,| or | o ", folded[match.end() : match.end() + 40])[0]
    before = re.split(r"[.!?;]", folded[max(0, match.start() - _SENTENCE) : match.start()])[-1]
    for said in (_part_of_day(near), _part_of_day(before), _part_of_day(folded)):
        if said is not None:
            return said if hour != 12 else True
    return None if hour == 7 else hour < 7 or hour == 12


@lru_cache(maxsize=64)
def _part_of_day(text: str) -> bool | None:
    """Whether a text speaks of what is after noon; None where it speaks of neither half, or of both."""
    before, after = _AM.search(text) is not None, _PM.search(text) is not None
    return after if before != after else None


_NOON = r"\b(?P<name>(?:high )?noon|midday|medio ?dia|midnight|medianoche)\b"
_A_LAS = (
    rf"\b(?:a|para|sobre|desde|como|tipo|eso de)? ?las? (?P<hour>\d{{1,2}}|{_HOUR_WORD})"
    rf"(?:(?::|h|\.)(?P<minute>\d\d))?(?: y (?P<more>media|cuarto|\d\d|{_MINUTE_WORD}))?"
    rf"(?: menos (?P<less>cuarto|\d\d|{_MINUTE_WORD}))?(?: ?{_HALF})?{_NO_UNIT}"
    r"(?! ?(?:puertas|llaves|opciones|llantas|camionetas|trocas))"
)
_WITH_MINUTES = rf"(?<![\d:.,$/])(?P<hour>\d{{1,2}}):(?P<minute>\d\d)(?!\d)(?: ?{_HALF})?"
_DOTTED = rf"(?<![\d:.,$/])(?P<hour>\d{{1,2}})\.(?P<minute>\d\d) ?{_HALF}"
_CLOSED_UP = r"(?<![\d:.,$/])(?P<hour>\d{1,2})(?P<minute>\d\d) ?(?P<half>am\b|pm\b)"
_WITH_HALF = rf"(?<![\w:.,$/])(?P<hour>\d{{1,2}}(?= ?[ap])|(?:{_HOUR_WORD})(?= [ap]\.?m)) ?{_HALF}"
_WITH_H = r"(?<![\d:.,$/])(?P<hour>\d{1,2})h(?P<minute>\d\d)?\b"
_HALF_PAST = rf"\b(?P<part>half|a quarter|quarter) (?P<way>past|after|to|til|of|before) {_HOUR}\b"
_O_CLOCK = rf"\b{_HOUR} ?o'? ?clock\b"
_TWO_THIRTY = (
    rf"\b{_HOUR} (?P<minute>{_MINUTE_WORD})\b(?= ?(?:in the|works|on|tomorrow|today|$|[.,?!]))"
)
_AT = (
    r"(?:\b(?:at|around|about|by|after|like|say|make it|how about|what about|lets? do|let's do|try|maybe|near|to)|@)"
    rf" ?(?:about |around |like )?{_HOUR}(?:[: ](?P<minute>\d\d|{_MINUTE_WORD}))?(?: ?ish)?\b{_NO_UNIT}"
)
_AFTER_DAY = (
    rf"\b(?:{_DAY_NAME}),? {_HOUR}(?: (?P<minute>{_MINUTE_WORD}))?(?: ?ish)?\b{_NO_UNIT}"
    r"(?!(?:st|nd|rd|th| de)\b)"
)
_PART_OF_DAY = (
    rf"\b{_HOUR}(?: ?ish)? (?=in the (?:morning|afternoon|evening)|(?:de|por) la (?:manana|tarde|noche)"
    r"|works\b|would work|is (?:fine|good|ok))"
)
_READINGS: tuple[tuple[re.Pattern[str], Callable[[Match, str], time | None]], ...] = tuple(
    (re.compile(pattern), reading)
    for pattern, reading in (
        (_NOON, _noon),
        (_A_LAS, _spanish),
        (_WITH_MINUTES, _clock),
        (_DOTTED, _clock),
        (_CLOSED_UP, _clock),
        (_WITH_HALF, _clock),
        (_WITH_H, _clock),
        (_HALF_PAST, _words),
        (_O_CLOCK, _clock),
        (_TWO_THIRTY, _clock),
        (_AT, _clock),
        (_AFTER_DAY, _clock),
        (_PART_OF_DAY, _clock),
    )
)
