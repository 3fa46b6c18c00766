"""Facts as sentences, each with its value as it is given."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from auterity_sdk.ai.offline.extraction.field import name_words
from auterity_sdk.ai.offline.writing.phrases import Phrases

RECIPIENT = ("first_name", "customer_first_name", "customer_name", "customer", "name")
"""Names of facts that say to whom a text goes."""
SENDER = (
    "salesperson",
    "sender",
    "agent",
    "advisor",
    "signature",
    "signed",
    "dealership",
    "dealer",
    "store",
)
"""Names of facts that say who writes it."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d$")
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d$")
_LETTERS = frozenset(("vin", "apr", "msrp", "mpg", "sku"))
"""Names that are spelled in capital letters."""
_SENTENCE = re.compile(r"^\S+(?: \S+){3,}[.!?]$")


def sentence(name: str, value: str, phrases: Phrases) -> str:
    """One fact. A value that is a sentence is said as it is."""
    said = spoken(value, phrases)
    if not said or _SENTENCE.match(said):
        return said
    key = "_".join(name_words(name))
    pattern = phrases.names.get(key) or phrases.names.get(key.rpartition("_")[2])
    if pattern is not None:
        return pattern.format(said).replace("..", ".")
    label = " ".join(word.upper() if word in _LETTERS else word for word in name_words(name))
    if value in ("true", "false"):
        return f"{_opened(label)}: {said}."
    return phrases.unnamed.format(name=label, label=_opened(label), value=said)


def _opened(label: str) -> str:
    return label[:1].upper() + label[1:]


def spoken(value: str, phrases: Phrases) -> str:
    """A fact as it is said: money with its sign, a list with `and`, `true` as yes, an object by its parts.

    A day (`2026-11-27`) and a time (`16:30`) are said in the language.
    """
    if _DAY.match(value):
        return _day(value, phrases)
    if _TIME.match(value):
        return re.sub(r"^0(?=[1-9])", "", time.fromisoformat(value).strftime(phrases.clock))
    if value[:1] not in ("{", "[") and value not in ("true", "false", "null"):
        return value.strip()
    try:
        return _spoken(json.loads(value), phrases)
    except ValueError:
        return value.strip()


def _day(value: str, phrases: Phrases) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return phrases.day.format(
        weekday=phrases.weekdays[day.weekday()],
        month=phrases.months[day.month - 1],
        number=day.day,
        year=day.year,
    )


def _spoken(value: Any, phrases: Phrases) -> str:
    match value:
        case None:
            return ""
        case bool():
            return phrases.yes if value else phrases.no
        case {"minor": int(minor), "currency": str(currency)}:
            return _money(minor, currency)
        case dict():
            parts = (_spoken(each, phrases) for each in _known(value).values())
            return " ".join(part for part in parts if part)
        case list():
            *first, last = [_spoken(each, phrases) for each in value] or [""]
            return f"{', '.join(first)} {phrases.and_word} {last}" if first else last
        case _:
            return str(value)


def _known(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of an object, what a person would say of it: of a vehicle its year, make, model and trim."""
    said = {key: value[key] for key in ("year", "make", "model", "trim") if value.get(key)}
    return said or value


def _money(minor: int, currency: str) -> str:
    amount = Decimal(minor) / 100
    whole = f"{amount:,.0f}" if minor % 100 == 0 else f"{amount:,.2f}"
    return f"${whole}" if currency == "USD" else f"{whole} {currency}"


def first_of(facts: Mapping[str, str], names: tuple[str, ...]) -> str:
    """The value of the first of these facts that is there and is one line; else empty."""
    found = (facts[name].strip() for name in names if name in facts)
    return next((each for each in found if each and each[0] not in "{[" and "\n" not in each), "")
