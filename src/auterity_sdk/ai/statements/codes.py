"""Phone numbers, VINs, and other words that have digits in them."""

from __future__ import annotations

import re

from auterity_sdk.ai.statements.plain import UNREADABLE
from auterity_sdk.ai.statements.statement import Reading, Word
from auterity_sdk.dealership.vin import normalise

_WEB = re.compile(r"(?:https?://|www\.)\S+|[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_VIN = re.compile(r"(?=\w*\d)(?=\w*[a-z])[0-9a-hj-npr-z]{17}(?!\w)")
_PHONE = re.compile(
    r"(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-]?)\d{3}[ .-]?\d{4}(?!\d|[.,-]\d)"
    r"|\+\d[\d .()-]{6,18}\d(?!\d)"
)
_TOKEN = re.compile(rf"[\w{UNREADABLE}]+(?:[-./_,':&+][\w{UNREADABLE}]+)*%?")
_SIGNS = "$€£¥%"
_MARKS = re.compile(r"[-_./]")


def read_code(text: str, start: int) -> Reading | None:
    """The address with digits, VIN or phone number that begins at `start` of a plain text; None if none does."""
    if found := _WEB.match(text, start):
        values = (Word("code", found.group().rstrip(".,;:!?)")),)
        # Read as a whole: its digits are no numbers. One without digits states nothing.
        return Reading(found.end(), "code", values if re.search(r"\d", found.group()) else ())
    if found := _VIN.match(text, start):
        return Reading(found.end(), "vin", (Word("vin", normalise(found.group())),))
    if found := _PHONE.match(text, start):
        return Reading(found.end(), "phone", (Word("phone", phone_digits(found.group())),))
    return None


def read_rest(text: str, start: int) -> Reading | None:
    """The word at `start`, if it has digits in it that no other reader took; and a sign without its amount."""
    if text[start] in _SIGNS:
        return Reading(start + 1, "unreadable", why="no amount stands beside it")
    found = _TOKEN.match(text, start)
    if found is None or not re.search(rf"[\d{UNREADABLE}]", found.group()):
        return None
    if UNREADABLE in found.group():
        return Reading(found.end(), "unreadable", why="its digits are of a script that is not read")
    return Reading(found.end(), "code", (Word("code", _MARKS.sub("", found.group())),))


def phone_digits(written: str) -> str:
    """A phone number by its digits, those of the USA and Canada with their country."""
    digits = re.sub(r"\D", "", written)
    return digits if written.startswith("+") or len(digits) != 10 else f"1{digits}"
