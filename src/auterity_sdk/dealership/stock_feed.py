"""Reads the CSV feed of a dealer's stock, in the dialects of those who write it."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from decimal import Decimal
from io import StringIO
from typing import Any

from msgspec import Struct
from pydantic import ValidationError

from auterity_sdk.dealership.in_stock import InStock
from auterity_sdk.dealership.money import Money
from auterity_sdk.dealership.plain_text import clean_line

LARGEST = 20_000_000
"""Bytes of a feed that is read; the largest group's has a tenth of that."""

_DELIMITERS = (",", "\t", ";", "|")
_NOTHING = frozenset(
    {"", "#n/a", "n/a", "na", "null", "none", "-", "call", "0", "0.00", "$0", "$0.00"}
)
_NAMES: Mapping[str, tuple[str, ...]] = {
    "stock": ("stock", "stocknumber", "stockno", "stk", "stocknum"),
    "status": ("condition", "newused", "type", "status", "vehicletype"),
    "year": ("year", "modelyear"),
    "make": ("make",),
    "model": ("model",),
    "trim": ("trim", "trimlevel", "series"),
    "color": ("color", "exteriorcolor", "extcolor", "colour", "exterior"),
    "body": ("body", "bodystyle", "bodytype"),
    "miles": ("miles", "mileage", "odometer"),
    "price": ("price", "internetprice", "sellingprice", "askingprice", "listprice", "saleprice", "msrp"),
    "features": ("features", "options", "equipment"),
}  # fmt: skip
"""The fields, and what feeds call them, the better ones first."""


class Unread(Struct, frozen=True):
    """A row that is no vehicle; `row` counts from 1, the names of the columns being the first."""

    row: int
    why: str


class Stock(Struct, frozen=True):
    """What a feed holds."""

    vehicles: tuple[InStock, ...]
    unread: tuple[Unread, ...]


def read_stock(content: bytes) -> Stock:
    """The vehicles of a feed. Raises ValueError for what is no feed: no CSV, or without stock number, make and model."""
    if len(content) > LARGEST:
        raise ValueError(f"it has {len(content):,} bytes, {LARGEST:,} are the most")
    text = _decoded(content)
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise ValueError(f"it is no CSV: {error}") from None
    columns = _columns(rows[0] if rows else [])
    vehicles: list[InStock] = []
    unread: list[Unread] = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(map(str.strip, row)):
            continue
        try:
            vehicles.append(_vehicle(row, columns))
        except ValueError as error:
            unread.append(Unread(number, _why(error)))
    return Stock(tuple(vehicles), tuple(unread))


def _columns(names: list[str]) -> dict[str, int]:
    known = ["".join(filter(str.isalnum, name.casefold())) for name in names]
    found = {
        field: known.index(name)
        for field, spellings in _NAMES.items()
        for name in reversed(spellings)
        if name in known
    }
    missing = [field for field in ("stock", "make", "model") if field not in found]
    if missing:
        raise ValueError(f"it has no column for {', '.join(missing)}")
    return found


def _vehicle(row: list[str], columns: Mapping[str, int]) -> InStock:
    told: dict[str, Any] = {}
    for field, place in columns.items():
        value = clean_line(row[place]) if place < len(row) else ""
        if value.casefold() not in _NOTHING:
            told[field] = value
    for field in ("year", "miles"):
        if field in told:
            told[field] = _number(told[field], field)
    if "price" in told:
        told["price"] = _price(told["price"])
    if "status" in told:
        told["status"] = _status(told["status"])
    return InStock.model_validate(told)


def _number(text: str, field: str) -> int:
    digits = re.fullmatch(r"([\d,]+)(?:\.0+)?\s*(?:mi|miles)?\.?", text.casefold())
    if digits is None:
        raise ValueError(f"`{field}` is no whole number")
    return int(digits[1].replace(",", ""))


def _price(text: str) -> Money:
    """In US dollars, as feeds have no currency. A mark for a footnote (`$18,995*`) is left out."""
    found = re.fullmatch(r"\$?\s*([\d,]+(?:\.\d{1,2})?)\s*(?:usd)?\*?", text.casefold())
    if found is None:
        raise ValueError("`price` is no amount")
    return Money.from_decimal(Decimal(found[1].replace(",", "")), "USD")


def _status(text: str) -> str | None:
    word = text.casefold()
    if word.startswith(("new", "n ")) or word == "n":
        return "new"
    return "used" if word.startswith(("used", "u ", "cert", "pre", "cpo")) or word == "u" else None


def _why(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_input=False, include_url=False)[0]
    return f"`{'.'.join(map(str, first['loc']))}`: {first['msg']}"


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
