"""What is counted: units that can be told apart, and how the same is told in another."""

from __future__ import annotations

import re
from decimal import Decimal

_WORDS = {
    "mile": "mi mile miles milla millas",
    "kilometre": "km kms kilometer kilometers kilometre kilometres kilometro kilometros",
    "minute": "min mins minute minutes minuto minutos",
    "hour": "h hr hrs hour hours hora horas",
    "day": "day days dia dias",
    "week": "wk wks week weeks semana semanas",
    "month": "mo mos month months mes meses",
    "year": "yr yrs year years ano anos",
    "other": (
        "x mpg hp kw kwh lb lbs in ft qt quart quarts owner owners door doors seat seats point points "
        "key keys star stars piece pieces row rows speed cylinder cylinders mph"
    ),
}
_UNIT_OF = {word: unit for unit, words in _WORDS.items() for word in words.split()}
_SAME = {"minute": ("hour", 60), "day": ("week", 7), "month": ("year", 12)}
_LARGER = {larger: (smaller, factor) for smaller, (larger, factor) in _SAME.items()}
_FOLLOWS = re.compile(r"[\s-]{0,2}([a-z]+)\b\.?")
_ATTACHED = re.compile(r"[a-z]+\b")

UNITS = frozenset(_WORDS) - {"other"}
"""The units that a number may have; one of another has none."""


def unit_after(text: str, place: int) -> str:
    """The unit that is named at a place of a plain text; empty for none, and for things that are only counted."""
    found = _FOLLOWS.match(text, place)
    unit = _UNIT_OF.get(found[1], "") if found else ""
    return unit if unit != "other" else ""


def unit_named(word: str) -> str:
    """The unit of a word such as `miles`; empty for none."""
    unit = _UNIT_OF.get(word.lower(), "")
    return unit if unit != "other" else ""


def attached_unit(text: str, place: int) -> int | None:
    """Where letters that stand right behind a number end: `48,210mi`. None unless they are a unit."""
    found = _ATTACHED.match(text, place)
    return found.end() if found and found.group() in _UNIT_OF else None


def in_smallest(amount: Decimal, unit: str) -> tuple[Decimal, str]:
    """The same in the unit that all of its kind are compared in: five years are sixty months."""
    smaller, factor = _LARGER.get(unit, (unit, 1))
    return amount * factor, smaller
