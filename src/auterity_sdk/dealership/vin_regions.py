"""The regions and countries of world manufacturer identifiers: ISO 3780, the ranges that carry road vehicles."""

from __future__ import annotations

_ORDER = "ABCDEFGHJKLMNPRSTUVWXYZ1234567890"

_REGIONS = {
    "Africa": "ABCDEFGH",
    "Asia": "JKLMNPR",
    "Europe": "STUVWXYZ",
    "North America": "12345",
    "Oceania": "67",
    "South America": "890",
}

# First and last pair of a range, and the country's ISO 3166 code.
_COUNTRIES = """
AA AH ZA|JA J0 JP|KL KR KR|LA L0 CN|MA ME IN|MF MK ID|ML MR TH|MS MS MM|NL NR TR|PA PE PH|PF PK SG|PL PR MY
RF RK TW|RL RR VN|SA SM GB|SN ST DE|SU SZ PL|TA TH CH|TJ TP CZ|TR TV HU|TW T1 PT|U5 U7 SK|UU UZ RO|VA VE AT|VF VR FR
VS VW ES|VX V2 RS|WA W0 DE|XS XW RU|X3 X0 RU|XL XR NL|YA YE BE|YF YK FI|YS YW SE|ZA ZR IT|1A 10 US|2A 20 CA|3A 37 MX|4A 40 US
5A 50 US|6A 6W AU|7A 7E NZ|7F 70 US|8A 8E AR|8F 8K CL|8X 82 VE|9A 9E BR|9F 9K CO|93 99 BR
"""


def _by_pair() -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in _COUNTRIES.replace("\n", "|").split("|"):
        if entry:
            low, high, country = entry.split()
            span = _ORDER[_ORDER.index(low[1]) : _ORDER.index(high[1]) + 1]
            found |= {low[0] + second: country for second in span}
    return found


_COUNTRY_BY_PAIR = _by_pair()
_REGION_BY_FIRST = {first: region for region, firsts in _REGIONS.items() for first in firsts}


def country_of(vin: str) -> str | None:
    """The ISO 3166 code of the country whose makers use a VIN's first two characters; None if unknown."""
    return _COUNTRY_BY_PAIR.get(vin[:2])


def region_of(vin: str) -> str | None:
    """The continent of a VIN's first character."""
    found = _REGION_BY_FIRST.get(vin[:1])
    return "North America" if found == "Oceania" and country_of(vin) == "US" else found
