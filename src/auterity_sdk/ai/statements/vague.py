"""Numbers that are none: `half off`, `thousands`, `the low twenties`, `next week`, `at no cost`."""

from __future__ import annotations

import re
from decimal import Decimal

from auterity_sdk.ai.statements.statement import (
    DOLLARS,
    Money,
    Number,
    Percent,
    Reading,
    Word,
)

_HALF_PRICE = re.compile(
    r"half[ -](?:off|price|the price|of the price)\b|(?:la |a )?mitad d(?:el|e) (?:precio|costo)\b"
)
_HALF_HOUR = re.compile(r"half[ -](?:an? )?(?:hour|hora)\b|media hora\b")
_HALF = re.compile(r"half\b(?![ -](?:past|ton))|mitad\b|medio mill")
_TIMES = re.compile(
    r"(?:double|doubled|twice|doble)\b(?![ -](?:check|cab|tap|click))|(?:triple|tripled|thrice)\b"
)
_FREE = re.compile(
    r"for free\b|free of (?:charge|cost)\b|complimentary\b|on the house\b|gratis\b|gratuit[oa]s?\b"
    r"|(?:at |with )?no (?:extra |additional )?(?:cost|charge)\b|without (?:charge|cost)\b|sin (?:costo|cargo)\b"
)
_WORDS = re.compile(
    r"(?:hundreds?|thousands?|millions?|billions?|dozens?|scores of|miles de|cientos|millones|docenas?"
    r"|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties|teens|tens of"
    r"|(?:a )?couple (?:of )?(?:hundred|thousand|grand|bucks|dollars|days|weeks|months|years|hours|miles)"
    r"|(?:third|quarter|fifth|tenth)s? (?:off|of the (?:price|cost|value))"
    r"|(?:un |la )?tercio\b|(?:un )?cuarto de)\b"
)
_SPANS = re.compile(
    r"(?:next|this|last|la proxima|esta|la) (?:week(?:end)?|month|year|semana|quarter)(?: que viene)?\b(?!,? (?:only )?we)"
    r"|(?:el )?(?:proximo|este) (?:mes|ano)\b"
    r"|end of (?:the |this )?(?:week|month|year)\b|(?:fin|finales) de (?:mes|ano|semana)\b"
)
_ASKED = re.compile(r"[^.!?\n]{0,200}\?")
_ONLY = re.compile(r"(?:la )?semana$")


def read_vague(text: str, start: int) -> Reading | None:
    """The vague number, price or day at `start` of a plain text; None if none is there."""
    if found := _HALF_PRICE.match(text, start):
        return Reading(found.end(), "percent", (Percent(Decimal(50)),))
    if found := _HALF_HOUR.match(text, start):
        half = (Number(Decimal("0.5"), "hour"), Number(Decimal(30), "minute"))
        return Reading(found.end(), "number", half)
    if found := _HALF.match(text, start):
        return Reading(found.end(), "number", (Number(Decimal("0.5")),))
    if found := _TIMES.match(text, start):
        times = 3 if found.group().startswith("t") and found.group() != "twice" else 2
        return Reading(found.end(), "number", (Number(Decimal(times)),))
    if found := _FREE.match(text, start):
        return Reading(found.end(), "money", (Money(Decimal(0), DOLLARS),))
    found = _WORDS.match(text, start) or _SPANS.match(text, start)
    if found is None or _ONLY.fullmatch(found.group()):
        return None
    if _SPANS.match(text, start) and _ASKED.match(text, found.end()):
        return None  # `Would you like to come in this week?` promises nothing
    return Reading(found.end(), "vague", (Word("vague", found.group()),))
