"""Vehicles that a text names: year, make, model, color."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from auterity_sdk.ai.offline.lexicon.vehicles import (
    COLORS,
    COMMON_WORDS,
    MAKES,
    MODELS,
    VEHICLE_WORDS,
)
from auterity_sdk.dealership.folding import fold


class SaidVehicle(Struct, frozen=True):
    """A vehicle as it is named, and where that begins and ends. What is not named is None."""

    start: int
    end: int
    year: int | None = None
    make: str | None = None
    model: str | None = None


_YEAR = r"(?:(?P<year>(?:19[5-9]|20[0-4])\d)|'(?P<short>\d\d))"


@cache
def _pattern() -> re.Pattern[str]:
    makes = "|".join(sorted(map(re.escape, MAKES), key=len, reverse=True))
    models = "|".join(sorted(map(re.escape, MODELS), key=len, reverse=True))
    return re.compile(
        rf"(?:(?<![\w$,.]){_YEAR} )?(?:\b(?P<make>{makes})\b(?: (?P<model>{models})s?\b)?|\b(?P<only>{models})s?\b)"
        rf"(?:,? (?:del |de |year |ano )*(?P<year_after>(?:19[5-9]|20[0-4])\d)(?!\d|,\d| ?(?:miles|mi|km)\b))?"
    )


def vehicles(text: str) -> list[SaidVehicle]:
    """All vehicles named by make or model, in order. The make of a known model is known.

    A model whose name is a word of its own (`Escape`, `Pilot`) needs a year, a make or an article before it.
    """
    return list(_named(fold(text)))


def _named(folded: str) -> Iterator[SaidVehicle]:
    for match in _pattern().finditer(folded):
        make, model = match["make"], match["model"] or match["only"]
        if _is_a_word(match, folded):
            continue
        known_make, known_model = MODELS[model] if model else (None, None)
        year = (
            match["year"]
            or match["year_after"]
            or (f"20{match['short']}" if match["short"] else None)
        )
        yield SaidVehicle(
            match.start(),
            match.end(),
            int(year) if year else None,
            MAKES[make] if make else known_make,
            known_model,
        )


def _is_a_word(match: re.Match[str], folded: str) -> bool:
    name = match["only"] or match["make"]
    if name not in COMMON_WORDS or match["year"] or match["short"] or match["year_after"]:
        return False
    if match["make"] and match["model"]:
        return False
    before = folded[: match.start()].rstrip()
    return (
        re.search(r"\b(?:the|a|an|my|your|our|this|that|new|used|un|una|el|la|mi|su)$", before)
        is None
    )


def mentions_vehicle(text: str) -> bool:
    """Whether a text speaks of a vehicle at all."""
    folded = fold(text)
    return re.search(rf"\b(?:{VEHICLE_WORDS})\b", folded) is not None or bool(vehicles(text))


def color(text: str) -> str | None:
    """The English name of the first color, or None."""
    names = {
        name: english for english, others in COLORS.items() for name in (english, *others.split())
    }
    found = re.search(rf"\b(?:{'|'.join(names)})\b", fold(text))
    return names[found[0]] if found else None
