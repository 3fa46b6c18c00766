"""A text as its readers see it, plain enough to be read by rules: no accents, no case, no invisible characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

UNREADABLE = "\ue000"
"""Stands for a character that is a number in a script that nobody here reads."""

_MARKUP = "*`_~"
"""Marks of Markdown, which may stand between a sign and its amount: `$**21,499**`."""
_MARKED = re.compile(f"[{_MARKUP}]")
_ODD = re.compile(f"[{_MARKUP}\x80-\U0010ffff]")
"""A character that is not just made small."""
_DROPPED = frozenset({"Cf", "Me", "Mn"})
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
_OTHERS = {
    ord("\u2019"): "'",
    ord("\u2018"): "'",
    ord("\u066b"): ".",
    ord("\u066c"): ",",
    ord("\u2044"): "/",
}


class Plain(Struct, frozen=True):
    """`text`, and for each of its characters where it stands in the original; one more for the end."""

    text: str
    places: Sequence[int]
    original: str


def plain(original: str) -> Plain:
    """The text in lower case: digits of every script as ASCII, accents, markup and invisible characters left out."""
    if original.isascii() and not _MARKED.search(original):
        return Plain(original.lower(), range(len(original) + 1), original)
    read: list[str] = []
    places: list[int] = []
    end = 0
    for odd in _ODD.finditer(original):
        start = odd.start()
        seen = _seen(odd.group())
        read += (original[end:start].lower(), seen)
        places.extend(range(end, start))
        places.extend([start] * len(seen))
        end = start + 1
    read.append(original[end:].lower())
    places.extend(range(end, len(original) + 1))
    return Plain("".join(read), places, original)


@lru_cache(maxsize=1024)
def _seen(character: str) -> str:
    if character.isascii():
        return "" if character in _MARKUP else character.lower()
    category = unicodedata.category(character)
    if category in _DROPPED:
        return ""
    if category == "Nd":
        return str(unicodedata.digit(character))
    simple = unicodedata.normalize("NFKD", character).translate(_DASHES).translate(_OTHERS)
    kept = "".join(each for each in simple if unicodedata.category(each) not in _DROPPED).lower()
    return UNREADABLE if _is_foreign_number(character, category, kept) else kept


def _is_foreign_number(character: str, category: str, kept: str) -> bool:
    """A roman numeral, or an ideograph of a number; a half and a circled five are ASCII by now."""
    numeric = unicodedata.numeric(character, None) is not None
    return category == "Nl" or (numeric and not any(each.isascii() for each in kept))
