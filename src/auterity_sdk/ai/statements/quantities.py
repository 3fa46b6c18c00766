"""Prices, percentages and plain numbers of a text."""

from __future__ import annotations

import re
from decimal import Decimal

from msgspec import Struct

from auterity_sdk.ai.statements.number_words import SCALES, read_number_words
from auterity_sdk.ai.statements.numerals import read_numeral
from auterity_sdk.ai.statements.statement import (
    DOLLARS,
    Kind,
    Money,
    Number,
    Percent,
    Reading,
    Value,
)
from auterity_sdk.ai.statements.units import attached_unit, unit_after
from auterity_sdk.dealership.money import CURRENCIES

_SIGNS = {"$": DOLLARS, "€": "EUR", "£": "GBP", "¥": "JPY"}
_NAMES = {
    "dollars": DOLLARS, "dollar": DOLLARS, "dolares": DOLLARS, "dolar": DOLLARS,
    "bucks": DOLLARS, "buck": DOLLARS, "euros": "EUR", "euro": "EUR", "pounds": "GBP", "quid": "GBP",
    "pesos": "MXN", "peso": "MXN", "yen": "JPY", "yuan": "CNY", "rupees": "INR", "francs": "CHF",
}  # fmt: skip
_BEFORE = re.compile(r"(?:(us|usd|cad|mxn|c|ca)\s?)?([$€£¥])\s?|([a-z]{3})\s(?=[\d$])")
_AFTER = re.compile(
    r"\s?-?(?:(us|ca|c)?([$€£¥])|(?:(u\.?s\.?|american|canadian) )?"
    rf"({'|'.join(_NAMES)})\b|([a-z]{{3}})\b)"
)
_CENTS = re.compile(r"\s?-?(?:cents?|centavos?|¢)(?![a-z])")
_AND_CENTS = re.compile(r"(?:,? (?:and|con|y) |, )")
_PERCENT = re.compile(r"\s?-?(?:%|(?:percent(?:age points?)?|per cent|por ?ciento|pct)\b)")
_THOUSANDS = re.compile(r"\s?(k|m|grand|thousand|mil|million|millon|millones|hundred|dozen)\b")
_SCALE = {**SCALES, "k": 1000, "m": 10**6}
_PRONOUN = re.compile(
    r"(?<=\bthis )one|(?<=\bthat )one|(?<=\bthe )one|(?<=\bwhich )one|(?<=\bno )one|(?<=\bany )one"
    r"|(?<=\bevery )one|(?<=\beach )one|(?<=\banother )one|(?<=\bnew )one|(?<=\bright )one"
    r"|one(?= of (?:our|the|us|my|your|these|those|them)\b| (?:another|more|last|moment|thing|quick|question|place)\b"
    r"|-on-one\b|-stop\b|-click\b|'s\b)"
    r"|(?<=-on-)one"
)
_WORD_BEFORE = re.compile(r"[a-z_]$|[a-z_][-./]$|\d[.,'/]$|\d$")


class _Amount(Struct, frozen=True):
    """Numbers that something may mean, where it ends, and whether it was told in thousands of dollars."""

    end: int
    numbers: tuple[Decimal, ...]
    grand: bool = False


def read_quantity(text: str, start: int, *, spanish: bool = False) -> Reading | None:
    """The price, percentage or number that begins at `start` of a plain text; None if none does."""
    if _WORD_BEFORE.search(text, max(0, start - 2), start):
        return None
    currency, place = _currency_before(text, start)
    amount = _amount(text, place, spanish=spanish)
    if amount is None:
        return None
    after, end = _currency_after(text, amount.end)
    currency = currency or after or (DOLLARS if amount.grand else "")
    if currency:
        return _money(text, _Amount(end, amount.numbers), currency, spanish=spanish)
    if found := _CENTS.match(text, amount.end):
        cents = tuple(Money(each / 100, DOLLARS) for each in amount.numbers)
        return _reading(found.end(), "money", cents)
    if found := _PERCENT.match(text, amount.end):
        percents = tuple(Percent(each) for each in amount.numbers)
        return _reading(found.end(), "percent", percents)
    return _number(text, amount)


def _amount(text: str, place: int, *, spanish: bool) -> _Amount | None:
    """A number in digits or words, with `k` or `thousand` behind it."""
    spelt = read_number_words(text, place, spanish=spanish)
    if spelt is not None:
        if _PRONOUN.match(text, place):
            return None
        return _Amount(spelt.end, spelt.numbers, spelt.grand)
    numeral = read_numeral(text, place, spanish=spanish)
    if numeral is None:
        return None
    scale = _THOUSANDS.match(text, numeral.end)
    if scale is None:
        return _Amount(numeral.end, (numeral.number,))
    number = numeral.number * _SCALE[scale[1]]
    return _Amount(scale.end(), (number,), scale[1] == "grand")


def _currency_before(text: str, start: int) -> tuple[str, int]:
    found = _BEFORE.match(text, start)
    if found is None:
        return "", start
    country, sign, code = found.groups()
    if sign:
        return _with_country(country, sign), found.end()
    return (code.upper(), found.end()) if code.upper() in CURRENCIES else ("", start)


def _currency_after(text: str, place: int) -> tuple[str, int]:
    found = _AFTER.match(text, place)
    if found is None:
        return "", place
    country, sign, whose, word, code = found.groups()
    if sign:
        return _with_country(country, sign), found.end()
    if word:
        return ("CAD" if whose == "canadian" else _NAMES[word]), found.end()
    return (code.upper(), found.end()) if code.upper() in CURRENCIES else ("", place)


def _with_country(country: str | None, sign: str) -> str:
    if sign != "$" or not country:
        return _SIGNS[sign]
    return {"u": "USD", "c": "CAD", "m": "MXN"}[country[0]]


def _money(text: str, amount: _Amount, currency: str, *, spanish: bool) -> Reading:
    """An amount of money, with the cents that are told after it (`and fifty cents`)."""
    joint = _AND_CENTS.match(text, amount.end)
    cents = _amount(text, joint.end(), spanish=spanish) if joint else None
    found = _CENTS.match(text, cents.end) if cents else None
    end, more = amount.end, Decimal(0)
    if cents is not None and found is not None and len(cents.numbers) == 1:
        end, more = found.end(), cents.numbers[0] / 100
    attached = text[end - 1].isalnum() and text[end : end + 1].isalpha()
    values = () if attached else tuple(Money(each + more, currency) for each in amount.numbers)
    return _reading(end, "money", values)


def _number(text: str, amount: _Amount) -> Reading | None:
    end = amount.end
    if text[end - 1].isdigit() and text[end : end + 1].isalpha():
        attached = attached_unit(text, end)
        if attached is None:
            return None  # a code, such as 5w30
        unit = unit_after(text, end)
        return _reading(attached, "number", tuple(Number(n, unit) for n in amount.numbers))
    unit = unit_after(text, end)
    return _reading(end, "number", tuple(Number(each, unit) for each in amount.numbers))


def _reading(end: int, kind: Kind, values: tuple[Value, ...]) -> Reading:
    if not values:
        return Reading(end, "unreadable", why="it cannot be read as one number")
    return Reading(end, kind, values)
