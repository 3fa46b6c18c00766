"""Vehicle identification numbers: what the number itself tells, without any catalogue.

Form and check digit: 49 CFR 565.15; model year: 49 CFR 565.15(d)(1); regions and countries: ISO 3780.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from auterity_sdk.dealership.vin_regions import country_of, region_of
from auterity_sdk.errors import UsageError

_FORM = re.compile(r"[0-9A-HJ-NPR-Z]{17}", re.ASCII)
_VALUES = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        (*range(10), *range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10)),
        strict=True,
    )
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_YEAR_CODES = "ABCDEFGHJKLMNPRSTVWXY123456789"
_CYCLE = len(_YEAR_CODES)

# Makers of motorcycles and heavy trucks only, to which position 7 does not tell the cycle. It need not be complete:
# a maker that is missing gets the light vehicle's rule, as NHTSA's own tie-break does.
_MAKERS = """
1HD 5HD JH2 JKA JYA JS1 1XP 1NP 2XP 1XK 1NK 2NK 1FU 1FV 3AK 4V4 1M1 1M2 1HT 1HS 3HS
"""
_NOT_LIGHT = frozenset(_MAKERS.split())


@dataclass(frozen=True, slots=True)
class VinFacts:
    """What a VIN tells. Three booleans, not one: real VINs of other markets fail the check digit.

    `check_digit` is the one that position 9 should be. All but `vin` and `valid_format` is None or False if the form
    is wrong. `na_market`: made by a maker of the USA, Canada or Mexico, where the check digit is a duty.
    """

    vin: str
    valid_format: bool
    check_digit_ok: bool = False
    na_market: bool = False
    check_digit: str | None = None
    model_year: int | None = None
    maker: str | None = None
    """The world manufacturer identifier: three characters, six for a small maker."""
    region: str | None = None
    country: str | None = None


def read_vin(text: str, *, current_year: int) -> VinFacts:
    """All that the VIN in `text` tells; never raises."""
    vin = normalise(text)
    if not valid_format(vin):
        return VinFacts(vin, valid_format=False)
    return VinFacts(
        vin,
        valid_format=True,
        check_digit_ok=check_digit_ok(vin),
        na_market=na_market(vin),
        check_digit=check_digit(vin),
        model_year=model_year(vin, current_year=current_year),
        maker=manufacturer(vin),
        region=region_of(vin),
        country=country_of(vin),
    )


def normalise(text: str) -> str:
    """Upper case, without blanks and dashes. Look-alikes (O for 0) are not mended: that would be a guess."""
    return re.sub(r"[\s\-\u2010-\u2015]", "", text).upper()


def valid_format(vin: str) -> bool:
    """17 of `0-9 A-Z` without I, O and Q."""
    return _FORM.fullmatch(vin) is not None


def check_digit(vin: str) -> str:
    """What position 9 should be: `0`-`9` or `X`. UsageError unless the form is right."""
    if not valid_format(vin):
        raise UsageError("a VIN is 17 letters and digits without I, O and Q")
    remainder = sum(_VALUES[c] * weight for c, weight in zip(vin, _WEIGHTS, strict=True)) % 11
    return "X" if remainder == 10 else str(remainder)


def check_digit_ok(vin: str) -> bool:
    """The form is right and position 9 is the check digit."""
    return valid_format(vin) and vin[8] == check_digit(vin)


def na_market(vin: str) -> bool:
    """The maker's identifier is one of the USA, Canada or Mexico."""
    return valid_format(vin) and country_of(vin) in ("US", "CA", "MX")


def manufacturer(vin: str) -> str | None:
    """The maker's identifier: positions 1-3, and for a small maker (position 3 is 9) 12-14 too."""
    if not valid_format(vin):
        return None
    return vin[:3] + vin[11:14] if vin[2] == "9" else vin[:3]


def model_year(vin: str, *, current_year: int, light: bool | None = None) -> int | None:
    """The model year; None if the form or position 10 is wrong.

    Position 10 repeats after 30 years. For a light vehicle (car, or up to 4,536 kg) under US rules position 7 settles it:
    a digit is 1980-2009, a letter 2010-2039. For others, and where that would be a car of the future, it is the latest
    year up to next year. `light` None: a known maker of motorcycles or heavy trucks is not, all others are.
    """
    if not valid_format(vin) or vin[9] not in _YEAR_CODES:
        return None
    first = 1980 + _YEAR_CODES.index(vin[9])
    newest = first + (current_year + 1 - first) // _CYCLE * _CYCLE
    latest = max(first, newest)
    if light is None:
        light = vin[:3] not in _NOT_LIGHT
    if not light or not (na_market(vin) or check_digit_ok(vin)):
        return latest
    settled = first if vin[6].isdigit() else first + _CYCLE
    return settled if settled <= current_year + 1 else latest
