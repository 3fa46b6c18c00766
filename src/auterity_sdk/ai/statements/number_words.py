"""Numbers that are spelt out, in English and Spanish."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from msgspec import Struct

_SMALL_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_SMALL_SPANISH = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciseis diecisiete dieciocho diecinueve"
)
_TENS_ENGLISH = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS_SPANISH = "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"
_TWENTIES = "veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve"
_HUNDREDS = "ciento doscient trescient cuatrocient quinient seiscient setecient ochocient novecient"
_OTHER_SPELLINGS = {"veintiun": 21, "veintiuna": 21, "fourty": 40, "cien": 100, "oh": 0}


def _smalls() -> dict[str, int]:
    words = dict(_OTHER_SPELLINGS)
    for row in (_SMALL_ENGLISH, _SMALL_SPANISH):
        words.update({word: number for number, word in enumerate(row.split())})
    for row in (_TENS_ENGLISH, _TENS_SPANISH):
        words.update({word: 10 * number for number, word in enumerate(row.split(), start=2)})
    words.update({word: number for number, word in enumerate(_TWENTIES.split(), start=21)})
    for number, stem in enumerate(_HUNDREDS.split(), start=1):
        endings = ("",) if number == 1 else ("os", "as")
        words.update({stem + ending: 100 * number for ending in endings})
    return words


SMALL = _smalls()
SCALES = {
    "dozen": 12, "docena": 12, "docenas": 12,
    "hundred": 100, "thousand": 1000, "grand": 1000, "mil": 1000,
    "million": 10**6, "millon": 10**6, "millones": 10**6, "billion": 10**9,
}  # fmt: skip
_POINTS = frozenset({"point", "punto", "coma"})
_ARTICLES = frozenset({"a", "an", "un", "una"})
_TOKEN = re.compile(r"[a-z]+|\d{1,3}(?!\d|[,.]\d)")
_GAP = re.compile(r"[\s-]{1,3}|, (?=[a-z-]+ hundred\b)")
_HALF = re.compile(r"(?:and a half|y medi[oa])\b")
# Words that are a number in one language only, and something else in the other.
_SPANISH_ONCE = re.compile(
    r"(?<=\blas )once|(?<=\blos )once|(?<=\bde )once|(?<=\bson )once|(?<=\ben )once|(?<=\by )once|(?<=\bcon )once"
    r"|once(?= (?:mil|dolares|pesos|centavos|de la|por ciento|dias|meses|horas|anos|millas|y|en punto)\b)"
)
_SPANISH_TEN = re.compile(r"ten(?= (?:en cuenta|cuidado|presente|paciencia|list[oa])\b)")


class Spelt(Struct, frozen=True):
    """A number in words: where it ends, and the numbers it may mean (`two fifty`: 250 and 2.50).

    `grand`: it was told in thousands of dollars.
    """

    end: int
    numbers: tuple[Decimal, ...]
    grand: bool = False


class _Piece(Struct):
    """A number that is being put together; `room` is what the next word has to stay below."""

    total: Decimal = Decimal(0)
    group: Decimal = Decimal(0)
    room: int = 1000
    scale: int = 10**12
    begun: bool = False

    @property
    def number(self) -> Decimal:
        return self.total + self.group

    def takes(self, number: int) -> bool:
        """Add a word such as `twenty`; False where the grammar has no place for it."""
        if number >= self.room or (number == 0 and self.begun):
            return False
        self.group += number
        self.begun = True
        self.room = 100 if number >= 100 else 10 if number >= 20 and number % 10 == 0 else 1
        return True

    def times(self, scale: int) -> bool:
        """Multiply by a word such as `thousand`."""
        if scale <= 100:
            if not 0 < self.group < 100:
                return False
            self.group *= scale
            self.room = 100 if scale == 100 else 1
            return True
        if scale >= self.scale or not self.group:
            return False
        self.total += self.group * scale
        self.group, self.room, self.scale = Decimal(0), 1000, scale
        return True


def read_number_words(text: str, start: int, *, spanish: bool = False) -> Spelt | None:
    """The number that is spelt out at `start` of a plain text; None if there is none."""
    tokens = list(_tokens(text, start, spanish=spanish))
    if not tokens:
        return None
    words = [word for word, _ in tokens]
    numbers = _numbers(words)
    if not numbers and "and" in words:
        # Two numbers and no sum: `two hundred and three hundred`.
        words = words[: len(words) - 1 - words[::-1].index("and")]
        numbers = _numbers(words)
    return _with_half(text, tokens[len(words) - 1][1], numbers, words)


def _with_half(text: str, end: int, numbers: tuple[Decimal, ...], words: list[str]) -> Spelt:
    half = _HALF.match(text, _after_gap(text, end))
    if half is None or len(numbers) != 1:
        return Spelt(end, numbers, "grand" in words)
    more = _TOKEN.match(text, _after_gap(text, half.end()))
    number = numbers[0] + Decimal("0.5")
    if more is None or more.group() not in SCALES:
        return Spelt(half.end(), (number,), "grand" in words)
    return Spelt(more.end(), (number * SCALES[more.group()],), more.group() == "grand")


def _tokens(text: str, start: int, *, spanish: bool) -> Iterator[tuple[str, int]]:
    """The words of a number with their ends: number words, `and` and points between them, and digits by a scale."""
    found = _TOKEN.match(text, start)
    before: list[str] = []
    while found is not None:
        word = found.group()
        following = _TOKEN.match(text, _after_gap(text, found.end()))
        then = following.group() if following else ""
        if not (
            _goes_on(word, then, before)
            if _is_joint(word)
            else _belongs(text, found.start(), word, then, before, spanish=spanish)
        ):
            return
        yield word, found.end()
        before.append(word)
        found = following


def _belongs(
    text: str, place: int, word: str, then: str, before: Sequence[str], *, spanish: bool
) -> bool:
    if word.isdigit():
        return then in SCALES if not before else any(each in SCALES for each in before)
    if word == "once" and not spanish:
        return _SPANISH_ONCE.search(text, max(0, place - 4), place + 24) is not None
    if word == "ten" and _SPANISH_TEN.match(text, place):
        return False
    if word in _ARTICLES:
        return then in SCALES and (
            not before or before[-1] == "y" or SMALL.get(before[-1], 0) >= 100
        )
    if not before and word in SCALES:
        return word == "mil"
    return (word in SMALL and (word != "oh" or bool(before))) or word in SCALES


def _is_joint(word: str) -> bool:
    return word in ("and", "y") or word in _POINTS


def _goes_on(joint: str, then: str, before: Sequence[str]) -> bool:
    """Whether `and` is inside a number (`hundred and five`, `treinta y uno`), not between two."""
    if not before or then not in {*SMALL, "un"}:
        return False
    if joint == "and":
        return before[-1] in SCALES
    if joint == "y":
        return SMALL.get(then, 1) < 10 and SMALL.get(before[-1], 0) in range(30, 100, 10)
    return True


def _after_gap(text: str, place: int) -> int:
    gap = _GAP.match(text, place)
    return gap.end() if gap else len(text)


def _numbers(words: Sequence[str]) -> tuple[Decimal, ...]:
    point = next((place for place, word in enumerate(words) if word in _POINTS), None)
    if point is not None:
        whole, fraction = _pieces(words[:point]), _pieces(words[point + 1 :])
        if len(whole) != 1 or not fraction:
            return ()
        return (Decimal(f"{whole[0]}.{''.join(map(str, fraction))}"),)
    return _told_side_by_side(_pieces(words))


def _pieces(words: Sequence[str]) -> list[Decimal]:
    """The numbers that grammar makes of the words: one, or several side by side (`two fifty`)."""
    pieces = [_Piece()]
    for word in words:
        if word in ("and", "y"):
            continue
        piece = pieces[-1]
        if word in SCALES:
            if not piece.begun:
                piece.takes(1)
            if not piece.times(SCALES[word]):
                return []
            continue
        number = 1 if word in _ARTICLES else int(word) if word.isdigit() else SMALL[word]
        if word.isdigit() and not piece.begun and number >= piece.room:
            piece.group, piece.begun, piece.room = Decimal(number), True, 1
        elif not piece.takes(number):
            pieces.append(_Piece())
            pieces[-1].takes(number)
    return [piece.number for piece in pieces]


def _told_side_by_side(pieces: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """What a row of numbers may mean: `two fifty` is 250 or 2.50, `twenty-one five` 21,500."""
    if len(pieces) < 2:
        return tuple(pieces)
    if any(piece >= 1000 for piece in pieces):
        return ()
    row = Decimal("".join(map(str, pieces)))
    numbers = [row]
    if 10 <= pieces[-1] < 100:
        numbers.append(row / 100)
    if len(pieces) == 2 and pieces[0] >= 10 and pieces[1] < 10:
        numbers.append(pieces[0] * 1000 + pieces[1] * 100)
    return tuple(dict.fromkeys(numbers))
