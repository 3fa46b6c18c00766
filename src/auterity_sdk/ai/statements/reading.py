"""All that a text states, in its order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from auterity_sdk.ai.statements.codes import read_code, read_rest
from auterity_sdk.ai.statements.days import read_day
from auterity_sdk.ai.statements.plain import UNREADABLE, Plain, plain
from auterity_sdk.ai.statements.quantities import read_quantity
from auterity_sdk.ai.statements.statement import Reading, Statement
from auterity_sdk.ai.statements.times import read_time
from auterity_sdk.ai.statements.vague import read_vague

_BEGINS = re.compile(rf"[\w$€£¥%+(.{UNREADABLE}]")
_WORD = re.compile(r"[^\W\d_]+")
_IN_WORD = re.compile(r"\w")
_LIST = re.compile(r"(?:^|\n)[ \t]*(\d{1,2})[.)][ \t]+(?=\S)")
_LONGEST_WORD = 60


def statements(text: str, today: date, *, language: str = "en") -> Iterator[Statement]:
    """What a text states. `today` is what `tomorrow` is relative to; `language` a BCP 47 tag.

    The language settles what is written alike in several: `3/12` is in March, but in Spanish in December.
    """
    seen = plain(text)
    spanish = language.lower().startswith("es")
    numbers = _list_numbers(seen.text)
    place = 0
    while place < len(seen.text):
        if place in numbers:
            place = numbers[place]
            continue
        reading = _read(seen.text, place, today, spanish=spanish)
        if reading is not None and reading.end > place:
            if reading.values or reading.kind != "code":
                yield _statement(seen, place, reading)
            place = reading.end
        else:
            place = _next(seen.text, place)


def _read(text: str, place: int, today: date, *, spanish: bool) -> Reading | None:
    if not _BEGINS.match(text, place) or (place and _is_inside_word(text, place)):
        return None
    readings = _readings(text, place, today, spanish=spanish)
    # One that ends within a word is none: `1/4a0` is a code.
    return next((each for each in readings if each and not _is_inside_word(text, each.end)), None)


def _readings(text: str, place: int, today: date, *, spanish: bool) -> Iterator[Reading | None]:
    yield read_code(text, place)
    yield read_day(text, place, today, spanish=spanish)
    yield read_time(text, place, spanish=spanish)
    yield read_quantity(text, place, spanish=spanish)
    yield read_vague(text, place)
    yield read_rest(text, place)
    yield _mixed_scripts(text, place)


def _is_inside_word(text: str, place: int) -> bool:
    """Whether a word goes on at a place."""
    return bool(_IN_WORD.match(text, place - 1) and _IN_WORD.match(text, place))


def _next(text: str, place: int) -> int:
    """Where the next word may begin."""
    word = _WORD.match(text, place)
    return word.end() if word else place + 1


def _statement(seen: Plain, start: int, reading: Reading) -> Statement:
    end = reading.end
    while end > start and seen.text[end - 1].isspace():
        end -= 1
    first, last = seen.places[start], seen.places[end - 1] + 1
    return Statement(
        first, last, seen.original[first:last], reading.kind, reading.values, reading.why
    )


def _list_numbers(text: str) -> dict[int, int]:
    """Where the numbers of a list stand, and where each ends: lines that begin with 1, 2, 3 state nothing."""
    found: dict[int, int] = {}
    wanted = 1
    for each in _LIST.finditer(text):
        if int(each[1]) == 1:
            wanted = 1
        if int(each[1]) == wanted:
            found[each.start(1)] = each.end()
            wanted += 1
    return found if len(found) > 1 else {}


def _mixed_scripts(text: str, place: int) -> Reading | None:
    """A word in letters of two alphabets looks like one and is another; nobody writes one by chance."""
    found = _WORD.match(text, place)
    if found is None or found.group().isascii() or len(found.group()) > _LONGEST_WORD:
        return None
    scripts = {unicodedata.name(each, "").partition(" ")[0] for each in found.group()}
    if len(scripts & {"LATIN", "CYRILLIC", "GREEK"}) < 2:
        return None
    return Reading(found.end(), "unreadable", why="its letters are of two alphabets")
