"""What a draft may state: facts with their types, and what each of them allows to be said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from msgspec import Struct, field

from auterity_sdk.ai.statements.reading import statements
from auterity_sdk.ai.statements.statement import (
    DOLLARS,
    Clock,
    Day,
    DayOfYear,
    Money,
    Number,
    Percent,
    Value,
    Weekday,
)
from auterity_sdk.ai.statements.units import in_smallest, unit_named
from auterity_sdk.dealership.money import CURRENCIES, decimals_of


class MoneyFact(Struct, frozen=True, tag="money"):
    """An amount in a currency of ISO 4217. It may be stated as a price, and as a number without a unit."""

    amount: Decimal
    currency: str = "USD"


class NumberFact(Struct, frozen=True, tag="number"):
    """A number that is no price. `unit` is `mi`, `km`, `month`, … or `percent`; empty for none."""

    amount: Decimal
    unit: str = ""


class DateFact(Struct, frozen=True, tag="date"):
    """A day; with `time` (of the reader's clock) that as well."""

    day: date
    hour: int | None = None
    minute: int = 0


class TextFact(Struct, frozen=True, tag="text"):
    """Words, and with them all that they state: names, addresses, opening hours, phone numbers, VINs."""

    text: str


Fact = MoneyFact | NumberFact | DateFact | TextFact

_MONEY_NAME = re.compile(
    r"price|cost|amount|payment|msrp|fee|deposit|balance|payoff|offer|down|rebate|discount|equity|total"
)
_PERCENT_NAME = re.compile(r"percent|\b(?:apr|rate|pct)\b")
_UNIT_NAMES = (
    (re.compile(r"\b(?:miles|mileage|odometer)\b"), "mi"),
    (re.compile(r"kilomet|\bkm\b"), "km"),
    (re.compile(r"\b(?:months?|term)\b"), "month"),
    (re.compile(r"\byears\b"), "year"),
    (re.compile(r"\bdays\b"), "day"),
    (re.compile(r"\bhours\b"), "hour"),
    (re.compile(r"\bminutes\b"), "minute"),
)


def facts_of(values: Mapping[str, Any], zone: tzinfo) -> Iterator[Fact]:
    """Facts out of plain data by name: `{price: {minor: 2149900, currency: USD}, when: "2026-12-03T10:00:00Z"}`.

    A plain number is a price where its name says so (`monthly_payment`), a percentage (`apr`) or has a unit
    (`miles`). Texts that are a day or a moment are dates, moments in `zone`; lists and objects give all that they hold.
    """
    for name, value in values.items():
        yield from _of(name.lower(), value, zone)


def _of(name: str, value: Any, zone: tzinfo) -> Iterator[Fact]:
    if isinstance(value, Mapping):
        money = _money(value)
        if money is not None:
            yield money
        else:
            for inner, each in value.items():
                yield from _of(f"{name} {str(inner).lower()}", each, zone)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _of(name, each, zone)
    elif isinstance(value, str):
        yield _when(value, zone) or TextFact(value)
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        yield _number(name, Decimal(str(value)))


def _money(value: Mapping[str, Any]) -> MoneyFact | None:
    currency = value.get("currency")
    if not isinstance(currency, str) or currency not in CURRENCIES:
        return None
    if isinstance(value.get("minor"), int):
        return MoneyFact(Decimal(value["minor"]).scaleb(-decimals_of(currency)), currency)
    with suppress(ArithmeticError, ValueError):
        return MoneyFact(Decimal(str(value["amount"])), currency) if "amount" in value else None
    return None


def _when(text: str, zone: tzinfo) -> DateFact | None:
    with suppress(ValueError):
        return DateFact(date.fromisoformat(text)) if len(text) == 10 else _moment(text, zone)
    return None


def _moment(text: str, zone: tzinfo) -> DateFact | None:
    if not re.match(r"\d{4}-\d\d-\d\d[Tt ]", text):
        return None
    moment = datetime.fromisoformat(text)
    local = moment if moment.tzinfo is None else moment.astimezone(zone)
    return DateFact(local.date(), local.hour, local.minute)


def _number(field_name: str, amount: Decimal) -> Fact:
    name = field_name.replace("_", " ")
    unit = next((unit for pattern, unit in _UNIT_NAMES if pattern.search(name)), "")
    if _PERCENT_NAME.search(name):
        return NumberFact(amount, "percent")
    return MoneyFact(amount) if not unit and _MONEY_NAME.search(name) else NumberFact(amount, unit)


class Allowed(Struct):
    """All that facts allow to be said."""

    money: set[tuple[Decimal, str]] = field(default_factory=set)
    numbers: set[tuple[Decimal, str]] = field(default_factory=set)
    counts: set[Decimal] = field(default_factory=set)
    """The numbers of all numbers, as facts have them: in their units."""
    percents: set[Decimal] = field(default_factory=set)
    days: set[date] = field(default_factory=set)
    others: set[Value] = field(default_factory=set)

    @property
    def amounts(self) -> set[Decimal]:
        """The numbers of all prices."""
        return {amount for amount, _ in self.money}

    def add_number(self, amount: Decimal, unit: str) -> None:
        """Allow a number, told in its unit or one of the same kind, or without any."""
        self.numbers.add(in_smallest(amount, unit))
        self.counts.add(amount)

    def has(self, value: Value, today: date) -> bool:
        """Whether a fact says so."""
        match value:
            case Money(amount, currency):
                return any(_same_money(amount, currency, each) for each in self.money)
            case Percent(amount):
                return amount in self.percents
            case Number(amount, unit):
                return self._has_number(amount, unit)
            case Day(day):
                return day in self.days or DayOfYear(day.month, day.day) in self.others
            case DayOfYear(month, day):
                return value in self.others or any(
                    (each.month, each.day) == (month, day) and abs((each - today).days) <= 366
                    for each in self.days
                )
            case _:
                return value in self.others

    def _has_number(self, amount: Decimal, unit: str) -> bool:
        if (amount, "") in self.numbers or in_smallest(amount, unit) in self.numbers:
            return True
        # A number alone may be one of anything.
        return not unit and (amount in self.amounts or amount in self.counts)


def _same_money(amount: Decimal, currency: str, known: tuple[Decimal, str]) -> bool:
    if amount != known[0]:
        return False
    if DOLLARS in (currency, known[1]):
        return (
            all(each == DOLLARS or each in _DOLLARS for each in (currency, known[1])) or not amount
        )
    return currency == known[1]


_DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "MXN"})
"""Currencies whose sign is `$`."""


def allowed(facts: Iterable[Fact], today: date, *, language: str = "en") -> Allowed:
    """What facts allow to be said."""
    found = Allowed()
    texts = []
    for fact in facts:
        match fact:
            case MoneyFact(amount, currency):
                found.money.add((amount, currency))
            case NumberFact(amount, "percent"):
                found.percents.add(amount)
                found.counts.add(amount)
            case NumberFact(amount, unit):
                found.add_number(amount, unit_named(unit) or unit)
            case DateFact(day, hour, minute):
                found.days.add(day)
                if hour is not None:
                    found.others.add(Clock(hour, minute))
            case TextFact(text):
                texts.append(text)
    # With a date given, `on Friday` has to be that day: opening hours that name Fridays do not allow it.
    dated = bool(found.days)
    for text in texts:
        for statement in statements(text, today, language=language):
            _add(found, statement.values, dated=dated)
    return found


def _add(found: Allowed, values: tuple[Value, ...], *, dated: bool) -> None:
    weekdays = [value.number for value in values if isinstance(value, Weekday)]
    for number in weekdays:
        found.others.add(Weekday(number, every=True))
        if not dated:
            found.others.add(Weekday(number, every=False))
    for value in () if weekdays else values:
        match value:
            case Money(amount, currency):
                found.money.add((amount, currency))
            case Percent(amount):
                found.percents.add(amount)
            case Number(amount, unit):
                found.add_number(amount, unit)
            case Day(day):
                found.days.add(day)
            case _:
                found.others.add(value)
