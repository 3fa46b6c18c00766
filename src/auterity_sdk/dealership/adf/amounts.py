"""Amounts of money, and distances, as senders write them."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from auterity_sdk.dealership.adf.element import Element
from auterity_sdk.dealership.adf.reading import Reading
from auterity_sdk.dealership.money import CURRENCIES, Money, decimals_of
from auterity_sdk.dealership.vehicle import Odometer

_AMOUNT = re.compile(
    r"(?:US|CA|C|CAD|USD)?\s?[$\u20ac\u00a3]?\s?(-?\d{1,10}|-?\d{1,3}(?:,\d{3}){1,2})(\.\d{1,6})?\s?(?:USD|CAD|EUR|\*{1,3})?",
    re.ASCII | re.IGNORECASE,
)
_DISTANCE = re.compile(
    r"(\d{1,7}|\d{1,3}(?:,\d{3}){1,2})(?:\.\d{1,3})?\s?(k)?\s?(miles|mile|mi|kilometers|kilometres|kms|km)?\.?",
    re.ASCII | re.IGNORECASE,
)
_STATUSES = ("unknown", "rolledover", "replaced", "original")


def read_money(reading: Reading, element: Element, path: str) -> Money | None:
    """The amount of an element; None for `Call`, for nothing, and for 0.00, which forms write for `unknown`.

    What is no amount of money, as a percentage over invoice, is kept in the extras.
    """
    text = element.text
    found = _AMOUNT.fullmatch(text)
    if not text:
        return None
    currency = _currency(reading, element)
    if found is None or element.attribute("delta") in ("relative", "percentage"):
        reading.log.note("ADF210", element.line, f"in {element.name}")
        reading.keep(element, path)
        return None
    amount = Decimal(found[1].replace(",", "") + (found[2] or ""))
    if not amount:
        reading.log.note("ADF210", element.line, "zero is read as unknown")
        return None
    exponent = Decimal(1).scaleb(-decimals_of(currency))
    return Money.from_decimal(amount.quantize(exponent, ROUND_HALF_UP), currency)


def _currency(reading: Reading, element: Element) -> str:
    code = element.attribute("currency").upper()
    if code and code not in CURRENCIES:
        reading.log.note("ADF211", element.line, f"read as {reading.currency}", confidence="medium")
    return code if code in CURRENCIES else reading.currency


def read_odometer(reading: Reading, element: Element | None, path: str) -> Odometer | None:
    """`114,000`, `42k`, `61200 km`; the unit is in the attribute, else in the text, else the region's."""
    if element is None or not element.text:
        return None
    found = _DISTANCE.fullmatch(" ".join(element.text.split()))
    value = int(found[1].replace(",", "")) * (1000 if found[2] else 1) if found else None
    if found is None or value is None or value > 9_999_999:
        reading.log.note("ADF209", element.line)
        reading.keep(element, path)
        return None
    status = element.attribute("status")
    return Odometer.model_validate(
        {
            "value": value,
            "unit": _unit(reading, element, (found[3] or "").lower()),
            "status": status if status in _STATUSES else None,
        }
    )


def _unit(reading: Reading, element: Element, in_text: str) -> str:
    written = element.attribute("units", "unit") or in_text
    if not written:
        return "km" if reading.region == "CA" else "mi"
    if written not in ("mi", "km") or "units" not in element.attributes:
        reading.log.note("ADF208", element.line)
    return "km" if written.startswith("k") else "mi"
