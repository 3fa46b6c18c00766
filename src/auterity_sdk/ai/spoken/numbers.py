"""Numbers that a customer writes: `21,499`, `21k`, `9 grand`, `twenty-one thousand`, `treinta y cinco mil`."""

from __future__ import annotations

import re
from decimal import Decimal

from msgspec import Struct

from auterity_sdk.ai.statements.number_words import SCALES, read_number_words
from auterity_sdk.ai.statements.numerals import read_numeral
from auterity_sdk.dealership.folding import fold


class SaidNumber(Struct, frozen=True):
    """A number, and where it stands."""

    start: int
    end: int
    value: Decimal


_BEGINS = re.compile(r"(?<![\w.,'-])[\d.]|(?<!\w)[a-z]")
_WORD = re.compile(r"[\w.,']*")
_SCALE = re.compile(r" ?(k|grand|thousand|mil|hundred|millones|million|dozen)\b")
_MANY = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?(?![\d.,])")
_LONE = frozenset(("one", "uno", "una", "un", "once", "oh", "mil"))


def numbers(text: str) -> list[SaidNumber]:
    """All numbers that are plain, in order.

    A number that is a part of a word (`RAV4`, `4471B`) is none, nor is `one` alone, nor what may be read in two
    ways (`two fifty`).
    """
    folded = fold(text)
    found: list[SaidNumber] = []
    place = 0
    while (begin := _BEGINS.search(folded, place)) is not None:
        read, place = _read(folded, begin.start())
        found += [read] if read is not None else []
    return found


def _read(folded: str, start: int) -> tuple[SaidNumber | None, int]:
    """The number at a place, if any, and where to look for the next."""
    if (written := _numeral(folded, start)) is not None:
        return written, written.end
    if (spelt := read_number_words(folded, start)) is not None:
        alone = folded[start : spelt.end] in _LONE or len(spelt.numbers) != 1
        return None if alone else SaidNumber(start, spelt.end, spelt.numbers[0]), spelt.end
    word = _WORD.match(folded, start)
    return None, max(word.end() if word else 0, start + 1)


def _numeral(folded: str, start: int) -> SaidNumber | None:
    read = read_numeral(folded, start, spanish=_MANY.match(folded, start) is not None)
    if read is None:
        return None
    scale = _SCALE.match(folded, read.end)
    if scale is not None:
        by = 1000 if scale[1] == "k" else SCALES[scale[1]]
        return SaidNumber(start, scale.end(), read.number * by)
    if re.match(r"[a-z]", folded[read.end :]):
        return None
    return SaidNumber(start, read.end, read.number)
