"""A statement of a text, and the values that it may be read as."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from msgspec import Struct

Kind = Literal[
    "money", "percent", "number", "date", "time", "phone", "vin", "code", "vague", "unreadable"
]
"""`code` is a word with digits in it, such as a stock number; `vague` a number that is none, as in `thousands`."""

DOLLARS = "$"
"""The currency of `$` and `dollars`: of which country is not said."""


class Money(Struct, frozen=True):
    """An amount. `currency` is a code of ISO 4217, or `DOLLARS`."""

    amount: Decimal
    currency: str


class Percent(Struct, frozen=True):
    """A percentage."""

    amount: Decimal


class Number(Struct, frozen=True):
    """A number. `unit` is one of `units.UNITS`, or empty."""

    amount: Decimal
    unit: str = ""


class Day(Struct, frozen=True):
    """A day of the calendar."""

    day: date


class DayOfYear(Struct, frozen=True):
    """A day without its year."""

    month: int
    day: int


class Weekday(Struct, frozen=True):
    """A day of the week, 0 is Monday. `every`: each of them is meant, as in `Mondays` and `Monday to Friday`."""

    number: int
    every: bool


class Clock(Struct, frozen=True):
    """A time of the day, of 24 hours."""

    hour: int
    minute: int


class Word(Struct, frozen=True):
    """What is compared letter by letter: a phone number (its digits), a VIN, a code, a vague word."""

    kind: Kind
    text: str


Value = Money | Percent | Number | Day | DayOfYear | Weekday | Clock | Word


class Statement(Struct, frozen=True):
    """Something that a text states. `start` and `end` (exclusive) count the characters of the text.

    `values` are all that it may be read as, none where it cannot be read; `why` says what is wrong with it.
    """

    start: int
    end: int
    text: str
    kind: Kind
    values: tuple[Value, ...] = ()
    why: str = ""


class Reading(Struct, frozen=True):
    """A statement as a reader finds it in a plain text: where it ends there, and what it says."""

    end: int
    kind: Kind
    values: tuple[Value, ...] = ()
    why: str = ""
