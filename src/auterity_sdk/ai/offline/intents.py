"""What a customer of a dealership wants, by what is said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from auterity_sdk.ai.offline.lexicon.english import ENGLISH
from auterity_sdk.ai.offline.lexicon.spanish import SPANISH
from auterity_sdk.ai.offline.vehicles import mentions_vehicle
from auterity_sdk.ai.spoken.clock import times
from auterity_sdk.ai.spoken.days import days
from auterity_sdk.dealership.folding import fold
from auterity_sdk.dealership.revocation import is_revocation

INTENTS = (
    *("opt_out", "complaint", "spam", "service", "trade", "price_objection"),
    *("finance", "appointment", "availability", "price", "other"),
)
"""Those that are known, the more telling ones first: of two with equal evidence the first is meant."""

_REVOKED = 20.0
_DAY_AND_TIME = 3.0
_DAY_OR_TIME = 1.0
_A_VEHICLE = 1.0
_ANY_DAY = date(2026, 1, 1)
_DENIED = re.compile(
    r"\b(?:not|no|dont|doesnt|didnt|wont|isnt|arent|without|never|nothing|neither|nor|sin|ni|ningun|ninguna|tampoco|skip|forget)"
    r"(?: (?:want|need|have|do|looking|interested|asking|care|going|trying|planning|worried|here|about|for|to|in|the|a|an|any|it|on|is|be"
    r"|get|my|discuss|talk|quiero|necesito|tengo|busco|el|la|un|una|de|hablar))*\s*$"
)


def evidence(text: str) -> dict[str, float]:
    """How much speaks for each intent. What is denied (`no trade-in`, `sin financiamiento`) does not count."""
    folded = " ".join(fold(text).replace("'", "").split())
    found = {name: sum(_weights(name, folded)) for name in INTENTS}
    if is_revocation(text):
        found["opt_out"] += _REVOKED
    if found["availability"] and mentions_vehicle(text):
        found["availability"] += _A_VEHICLE
    named = (bool(times(text)), bool(days(text, _ANY_DAY)))
    found["appointment"] += {0: 0.0, 1: _DAY_OR_TIME, 2: _DAY_AND_TIME}[sum(named)]
    return found


def mentions(text: str, intent: str) -> bool:
    """Whether a text speaks of an intent at all, if only to deny it."""
    folded = " ".join(fold(text).replace("'", "").split())
    return any(weight >= 2 and pattern.search(folded) for weight, pattern in _patterns(intent))


def _weights(intent: str, folded: str) -> Iterator[float]:
    for weight, pattern in _patterns(intent):
        if any(not is_denied(folded, match.start()) for match in pattern.finditer(folded)):
            yield weight


def is_denied(folded: str, start: int) -> bool:
    """Whether what begins at a place of a folded text is said not to be so, or not to be wanted."""
    clause = re.split(r"[.;!?,]| but | pero ", folded[max(0, start - 50) : start])[-1]
    return _DENIED.search(clause) is not None


@cache
def _patterns(intent: str) -> tuple[tuple[float, re.Pattern[str]], ...]:
    return tuple(
        (weight, re.compile(pattern))
        for lexicon in (ENGLISH, SPANISH)
        for weight, patterns in lexicon[intent].items()
        for pattern in patterns
    )
