"""One value of a text for one field, by what the field is about."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from auterity_sdk.ai.offline.extraction import amounts
from auterity_sdk.ai.offline.extraction.field import Field
from auterity_sdk.ai.offline.extraction.message import Message
from auterity_sdk.ai.offline.extraction.people import person
from auterity_sdk.ai.offline.intents import evidence
from auterity_sdk.ai.offline.summarize import summarize
from auterity_sdk.ai.offline.vehicles import color
from auterity_sdk.ai.offline.words import sentences

_ENOUGH = 2.0
_ZIP = re.compile(
    r"\b(?:zip(?: code)?|postal code|codigo postal|[A-Z]{2}),? (?:is |es )?(\d{5})(?:-\d{4})?\b",
    re.IGNORECASE,
)
_STOCK = re.compile(
    r"\b(?:stock|stk|inventory)(?: ?(?:number|num|no\.?|#))?[ :#]*([A-Za-z]*\d[A-Za-z0-9-]*)",
    re.IGNORECASE,
)


def text_value(message: Message, field: Field) -> str | None:
    """A text, or None where no rule reaches."""
    reader = _TEXTS.get(field.kind or "")
    return reader(message, field) if reader else None


def number_value(message: Message, field: Field) -> Decimal | None:
    """A number, or None where none belongs to the field."""
    match field.kind:
        case "year":
            return next((Decimal(v.year) for v in message.vehicles if v.year), None)
        case "mileage":
            return amounts.mileage(message)
        case "money":
            return amounts.money(message, field)
        case _:
            return amounts.beside(message, field)


def all_texts(message: Message, field: Field) -> list[str]:
    """Every text of the field's kind."""
    match field.kind:
        case "email":
            return message.emails
        case "phone":
            return message.phones
        case "vin":
            return message.vins
        case "day":
            return [said.day.isoformat() for said in message.days]
        case "time":
            return [_clock(said.at, field) for said in message.times]
        case "make":
            return [v.make for v in message.vehicles if v.make]
        case "model":
            return [v.model for v in message.vehicles if v.model]
        case _:
            return []


def _day(message: Message, _: Field) -> str | None:
    day, _time = message.appointment
    return day.isoformat() if day else None


def _time(message: Message, field: Field) -> str | None:
    _day, at = message.appointment
    return _clock(at, field) if at else None


def _clock(at: time, field: Field) -> str:
    return f"{at:%H:%M:%S}" if field.schema.get("format") == "time" else f"{at:%H:%M}"


def _moment(message: Message, _: Field) -> str | None:
    day, at = message.appointment
    if day is None or at is None:
        return None
    return datetime.combine(day, at, message.zone).isoformat()


def _name(message: Message, field: Field) -> str | None:
    found = person(message.text)
    if found is None:
        return None
    first, _, last = found.partition(" ")
    words = set(field.words)
    if words & {"first", "given"}:
        return first
    return (last or None) if words & {"last", "family", "sur", "surname"} else found


def _money(message: Message, field: Field) -> str | None:
    found = amounts.money(message, field)
    return None if found is None else f"{found:.2f}"


def _concern(message: Message, _: Field) -> str | None:
    found = [each for each in sentences(message.text) if _is_concern(each)]
    return " ".join(found) or None


def _is_concern(sentence: str) -> bool:
    found = evidence(sentence)
    return max(found["service"], found["complaint"]) >= _ENOUGH


def _question(message: Message, _: Field) -> str | None:
    return " ".join(each for each in sentences(message.text) if each.endswith("?")) or None


def _labelled(pattern: re.Pattern[str]) -> Callable[[Message, Field], str | None]:
    def read(message: Message, _: Field) -> str | None:
        found = pattern.search(message.text)
        return found[1] if found else None

    return read


def _first_of(values: list[Any]) -> Any:
    return values[0] if values else None


_TEXTS: dict[str, Callable[[Message, Field], str | None]] = {
    "day": _day,
    "time": _time,
    "moment": _moment,
    "email": lambda message, _: _first_of(message.emails),
    "phone": lambda message, _: _first_of(message.phones),
    "vin": lambda message, _: _first_of(message.vins),
    "make": lambda message, _: _first_of([v.make for v in message.vehicles if v.make]),
    "model": lambda message, _: _first_of([v.model for v in message.vehicles if v.model]),
    "year": lambda message, _: _first_of([str(v.year) for v in message.vehicles if v.year]),
    "color": lambda message, _: color(message.text),
    "postal_code": _labelled(_ZIP),
    "stock": _labelled(_STOCK),
    "name": _name,
    "money": _money,
    "concern": _concern,
    "question": _question,
    "summary": lambda message, _: summarize(message.text, 1) or None,
}
