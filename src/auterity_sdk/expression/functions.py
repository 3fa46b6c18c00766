"""The helper functions of expressions, beside CEL's own: pure, and the same in a replay.

A function refuses by ValueError; its text is shown to the user and never quotes an argument.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from auterity_sdk.expression import durations
from auterity_sdk.expression.render import render

Overload = tuple[tuple[str, ...], str, Callable[..., Any]]

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SYMBOLS = {"USD": "$", "CAD": "CA$", "MXN": "MX$", "EUR": "€", "GBP": "£"}


def days(count: float) -> timedelta:
    """So many days of 24 hours; CEL's own durations know no days."""
    try:
        return timedelta(days=count)
    except (OverflowError, ValueError):
        raise ValueError("so many days are out of range") from None


def local(at: datetime, zone: str) -> datetime:
    """The wall clock of an IANA time zone (`America/Chicago`) at a moment."""
    try:
        return at.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):
        raise ValueError("there is no such time zone") from None
    except OverflowError:
        raise ValueError("the time is out of range in that zone") from None


def date(at: datetime, zone: str) -> str:
    """The calendar date in a zone: `2026-11-23`."""
    return local(at, zone).strftime("%Y-%m-%d")


def clock(at: datetime, zone: str) -> str:
    """The time of day in a zone, on 24 hours: `08:30`."""
    return local(at, zone).strftime("%H:%M")


def weekday(at: datetime, zone: str) -> str:
    """The day of the week in a zone: `mon` to `sun`."""
    return _WEEKDAYS[local(at, zone).weekday()]


def hour(at: datetime, zone: str) -> int:
    """The hour in a zone, 0 to 23."""
    return local(at, zone).hour


def start_of_day(at: datetime, zone: str) -> datetime:
    """The moment at which the zone's day that `at` falls in began."""
    midnight = local(at, zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return midnight.astimezone(UTC)


def money(amount: float, currency: str = "USD") -> str:
    """An amount with its currency's sign and two decimals, halves away from zero: `-$1,234.50`."""
    if not abs(amount) < 1e15:
        raise ValueError("the amount is out of range")
    rounded = Decimal(repr(amount)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    sign = "-" if rounded < 0 else ""
    symbol = _SYMBOLS.get(currency)
    digits = f"{abs(rounded):,.2f}"
    return f"{sign}{symbol}{digits}" if symbol else f"{sign}{digits} {currency}"


def round_to(value: float, digits: int) -> float:
    """A number with so many decimals (0 to 9), halves away from zero."""
    if not (0 <= digits <= 9 and abs(value) < 1e15):
        raise ValueError("the number or its digits are out of range")
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


IMPLEMENTATIONS: dict[str, list[Overload]] = {
    "days": [(("INT",), "DURATION", days), (("DOUBLE",), "DURATION", days)],
    "date": [(("TIMESTAMP", "STRING"), "STRING", date)],
    "clock": [(("TIMESTAMP", "STRING"), "STRING", clock)],
    "weekday": [(("TIMESTAMP", "STRING"), "STRING", weekday)],
    "hour": [(("TIMESTAMP", "STRING"), "INT", hour)],
    "start_of_day": [(("TIMESTAMP", "STRING"), "TIMESTAMP", start_of_day)],
    "lower": [(("STRING",), "STRING", str.lower)],
    "upper": [(("STRING",), "STRING", str.upper)],
    "money": [
        (("DOUBLE",), "STRING", money),
        (("DOUBLE", "STRING"), "STRING", money),
    ],
    "round_to": [(("DOUBLE", "INT"), "DOUBLE", round_to)],
    "@items": [
        (("LIST",), "LIST", lambda value: value),
        (("MAP",), "LIST", lambda value: sorted(value, key=str)),
    ],
    "@text": [(("INT",), "STRING", render), (("DOUBLE",), "STRING", render)],
    "@duration": [
        (("DURATION",), "DURATION", lambda value: value),
        (("STRING",), "DURATION", durations.parse_duration),
        (("INT",), "DURATION", durations.of_seconds),
        (("DOUBLE",), "DURATION", durations.of_seconds),
    ],
}
"""Each function's overloads for CEL: kinds of the parameters, kind of the result, and what it calls.

Nobody can write `@duration`, which reads a duration out of JSON data, `@text`, which writes a number
as a text shows it (CEL writes 1e+06), and `@items`, which puts the keys
of a map in order: CEL goes over them in an order that differs from process to process. The types that the
checker sees are in `signatures`.
"""
