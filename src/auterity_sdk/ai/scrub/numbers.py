"""Numbers that name a person, an account or a card, in a plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auterity_sdk.ai.scrub.kinds import Found, Kind
from auterity_sdk.dealership.vin import check_digit_ok, valid_format

_IS = r"(?: ?(?:(?:number|numero|num|no|nr)\b\.?|#))?(?: (?:is|es|was|ends? (?:in|with)|ending(?: in| with)?))?[ :#=.-]{0,4}"
_SSN_NAME = r"(?:ssn|social(?: security)?|seguro social|itin|tax ?id)"
_LABELLED = (
    (
        Kind.SOCIAL_SECURITY_NUMBER,
        re.compile(rf"\b{_SSN_NAME}{_IS}(\d{{9}}|\d{{3}}[ .-]\d{{2}}[ .-]\d{{4}}|\d{{4}})(?!\d)"),
    ),
    (
        Kind.SOCIAL_SECURITY_NUMBER,
        re.compile(rf"\blast (?:four|4)(?: digits)?(?: of (?:my|the|his|her) {_SSN_NAME})?{_IS}(\d{{4}})(?!\d)"),
    ),
    (
        Kind.CREDIT_CARD_NUMBER,
        re.compile(rf"\b(?:card|visa|mastercard|amex|tarjeta){_IS}(\d(?:[ -]?\d){{3,18}})(?!\d)"),
    ),
    (Kind.CREDIT_CARD_NUMBER, re.compile(rf"\b(?:cvv2?|cvc|security code){_IS}(\d{{3,4}})(?!\d)")),
    (
        Kind.CREDIT_CARD_NUMBER,
        re.compile(r"\b(?:exp(?:ires|iration|iry)?(?: date)?)[ :.]{1,3}(\d{1,2} ?[/-] ?(?:\d{4}|\d\d))(?!\d)"),
    ),
    (
        Kind.BANK_ACCOUNT_NUMBER,
        re.compile(
            rf"\b(?:account|acct|a/c|routing|aba|transit|cuenta|ruta)\b\.?{_IS}(\d(?:[ -]?\d){{3,16}})(?!\d)"
        ),
    ),
    (
        Kind.DRIVER_LICENSE_NUMBER,
        re.compile(
            r"\b(?:driver'?s?'? (?:licen[sc]e|lic)|d\.?l\.?|licen[sc]e|licencia(?: de conducir)?|state id|passport|pasaporte)\b"
            rf"{_IS}([a-z]{{0,3}}[ -]?\d[a-z\d]*(?:[ -][a-z]?\d[a-z\d]*){{0,4}})(?![a-z0-9])"
        ),
    ),
)  # fmt: skip
_LABELS = re.compile(
    r"\b(?:ssn|social|seguro|itin|tax|last|card|visa|mastercard|amex|tarjeta|cv|security|exp|acc|a/c|routing|aba|transit"
    r"|cuenta|ruta|driver|d\.?l|licen|state id|pass|pasa)"
)
"""What one of the patterns above begins with."""
_SHORTEST = {
    Kind.SOCIAL_SECURITY_NUMBER: 4,
    Kind.CREDIT_CARD_NUMBER: 3,
    Kind.BANK_ACCOUNT_NUMBER: 4,
    Kind.DRIVER_LICENSE_NUMBER: 5,
}
_MARKS = re.compile(r"[ ./-]")
# These begin with a digit and look back from there: a pattern that begins with a look back is tried at each character.
_SSN = re.compile(r"\d(?<![\w-]\d)\d{2}[ .-]\d{2}[ .-]\d{4}(?![\w-])")
_LONG = re.compile(r"\d(?<!\d\d)(?:[ -]?\d){12,}")
_GROUP = re.compile(r"\d+")
_CARD_DIGITS = range(13, 20)
_IBAN_LAND = 2
_IBAN = re.compile(r"\d{2}(?<=\b[a-z]{2}\d{2})(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,3})?\b")
_VIN = re.compile(r"(?<![a-z0-9])(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-hj-npr-z0-9]{17}(?![a-z0-9])")
_SPACED_VIN = re.compile(r"(?<![a-z0-9])[a-hj-npr-z0-9](?:[ -]?[a-hj-npr-z0-9]){16}(?![a-z0-9])")


def find_numbers(text: str) -> Iterator[Found]:
    """Numbers of persons, cards, accounts and licences; `text` is plain, places count in it."""
    if _LABELS.search(text):
        yield from _labelled(text)
    for each in _SSN.finditer(text):
        yield Found(each.start(), each.end(), Kind.SOCIAL_SECURITY_NUMBER)
    for each in _LONG.finditer(text):
        yield from _cards(text, each.start(), each.end())
    for each in _IBAN.finditer(text):
        start = each.start() - _IBAN_LAND
        if _is_iban(text[start : each.end()].replace(" ", "").upper()):
            yield Found(start, each.end(), Kind.BANK_ACCOUNT_NUMBER)


def _labelled(text: str) -> Iterator[Found]:
    for kind, pattern in _LABELLED:
        for each in pattern.finditer(text):
            if len(_MARKS.sub("", each[1])) >= _SHORTEST[kind]:
                yield Found(each.start(1), each.end(1), kind)


def _cards(text: str, start: int, end: int) -> Iterator[Found]:
    """Cards among groups of digits: another number may stand right before one."""
    groups = list(_GROUP.finditer(text, start, end))
    for first, group in enumerate(groups):
        digits = ""
        for last in groups[first : first + _CARD_DIGITS.stop]:
            digits += last.group()
            if len(digits) in _CARD_DIGITS and luhn(digits):
                yield Found(group.start(), last.end(), Kind.CREDIT_CARD_NUMBER)


def find_vins(text: str) -> Iterator[Found]:
    """Vehicles; `text` is plain."""
    for each in _VIN.finditer(text):
        if valid_format(each.group().upper()):
            yield Found(each.start(), each.end(), Kind.VEHICLE_IDENTIFICATION_NUMBER)
    for each in _SPACED_VIN.finditer(text):
        if check_digit_ok(re.sub(r"[ -]", "", each.group()).upper()):
            yield Found(each.start(), each.end(), Kind.VEHICLE_IDENTIFICATION_NUMBER)


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of a card's number (ISO/IEC 7812)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _is_iban(iban: str) -> bool:
    """Whether the check digits are right (ISO 13616)."""
    return int("".join(str(int(each, 36)) for each in iban[4:] + iban[:4])) % 97 == 1
