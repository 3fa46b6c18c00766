"""Phone numbers: E.164, and the time zones a number may ring in. The one owner of phonenumbers, loaded when used."""

from __future__ import annotations

from dataclasses import dataclass

_LONGEST = 60  # phonenumbers itself stops at 250; no written number needs more than this


@dataclass(frozen=True, slots=True)
class ParsedPhone:
    """A number that could be one: its form is right for its country.

    `valid`: the numbering plan assigns its block (a possible number need not be). `region` is ISO 3166 alpha-2, None
    if several or none. `time_zones` are IANA names, sorted; empty if unknown.
    """

    e164: str
    region: str | None
    valid: bool
    time_zones: tuple[str, ...]


def parse_phone(text: str, *, region: str = "US") -> ParsedPhone | None:
    """The number in `text`, written in any usual way; `region` is the country of one without `+`. None if it is none.

    An extension is dropped: E.164 has no word for it.
    """
    from phonenumbers import (
        NumberParseException,
        PhoneNumberFormat,
        format_number,
        is_possible_number,
        is_valid_number,
        parse,
        region_code_for_number,
    )

    if len(text) > _LONGEST:
        return None
    try:
        number = parse(text, region)
    except NumberParseException:
        return None
    if not is_possible_number(number):
        return None
    e164 = format_number(number, PhoneNumberFormat.E164)
    country = region_code_for_number(number)
    return ParsedPhone(
        e164,
        None if country in (None, "001") else country,
        is_valid_number(number),
        time_zones(e164),
    )


def phones_in(text: str, *, region: str = "US") -> tuple[tuple[int, int], ...]:
    """Where phone numbers stand in a text, start and end; `region` is the country of those without `+`."""
    from phonenumbers import Leniency, PhoneNumberMatcher

    found = PhoneNumberMatcher(text, region, leniency=Leniency.VALID)
    return tuple((each.start, each.end) for each in found)


def time_zones(e164: str) -> tuple[str, ...]:
    """Every IANA zone a number's block belongs to: one for most, two for some area codes, about forty if toll-free."""
    from phonenumbers import NumberParseException, parse
    from phonenumbers.timezone import time_zones_for_number

    try:
        zones = time_zones_for_number(parse(e164, None))
    except NumberParseException:
        return ()
    return tuple(sorted(zone for zone in zones if zone != "Etc/Unknown"))
