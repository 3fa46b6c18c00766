"""Numbers that are written in digits, with the groups and decimals of several countries."""

from __future__ import annotations

import re
from decimal import Decimal

from msgspec import Struct

_END = r"(?!\d|[.,'/]\d)"
_FRACTION = re.compile(r"(?:(\d{1,4})[ -]{1,2})?(\d{1,2})/(\d{1,2})" + _END)
_DOTTED = re.compile(r"\d{1,3}\.\d{3}" + _END)
_FORMS = (
    # Groups of three, by the mark between them and that of the decimals.
    (re.compile(r"(\d{1,3}(?:,\d{3}){1,5})(?:\.(\d{1,8}))?" + _END), ","),
    (re.compile(r"(\d{1,3}(?:\.\d{3}){2,5})(?:,(\d{1,8}))?" + _END), "."),
    (re.compile(r"(\d{1,3}(?:\.\d{3}){1,5}),(\d{1,8})" + _END), "."),
    (re.compile(r"(\d{1,3}(?:'\d{3}){1,5})(?:[.,](\d{1,8}))?" + _END), "'"),
    (re.compile(r"(\d{1,3}(?: \d{3}){1,5})(?:[.,](\d{1,8}))?" + _END), " "),
    (re.compile(r"(\d{1,18})(?:[.,](\d{1,8}))?" + _END), ""),
    (re.compile(r"()\.(\d{1,8})" + _END), ""),
)


class Numeral(Struct, frozen=True):
    """A number in digits, and where it ends."""

    end: int
    number: Decimal


def read_numeral(text: str, start: int, *, spanish: bool = False) -> Numeral | None:
    """The number that is written at `start` of a plain text; None where it is none, or has groups like no other.

    `21.499` is between twenty-one and twenty-two, but in Spanish over twenty-one thousand.
    """
    if (found := _FRACTION.match(text, start)) and int(found[3]):
        return Numeral(found.end(), Decimal(found[1] or 0) + Decimal(found[2]) / Decimal(found[3]))
    if spanish and (found := _DOTTED.match(text, start)):
        return Numeral(found.end(), Decimal(found.group().replace(".", "")))
    for form, mark in _FORMS:
        if found := form.match(text, start):
            whole = found[1].replace(mark, "") if mark else found[1]
            return Numeral(found.end(), Decimal(f"{whole or 0}.{found[2] or 0}"))
    return None
