"""Addresses of mail and post, phone numbers and names, in a plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from auterity_sdk.ai.scrub.kinds import Found, Kind
from auterity_sdk.ai.statements.plain import plain
from auterity_sdk.dealership.personal_names import MAIL, PHONE
from auterity_sdk.dealership.phone import phones_in
from auterity_sdk.dealership.us_states import STATE_ZONES

_STATES = "|".join(STATE_ZONES).lower()
_SPOKEN_MAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]+ ?(?:\(at\)|\[at\]|@| at ) ?[\w-]+ ?(?:\(dot\)|\[dot\]|\.| dot ) ?(?:com|net|org|edu|us|mx|es)\b"
)
_LOCAL_PHONE = re.compile(r"(?<![\d$.,-])[2-9]\d{2}[ .-]\d{4}(?![\d-]|[.,]\d)")
_WAYS = (
    "street|st|avenue|ave|road|rd|drive|dr|lane|ln|boulevard|blvd|court|ct|way|place|pl|terrace|ter|circle|cir"
    "|highway|hwy|parkway|pkwy|trail|trl|square|sq|loop|pike|alley|row|crossing|xing"
)
_UNIT = r"(?:,? (?:(?:apt|apartment|unit|suite|ste|lot)\.? ?|# ?)[\w-]{1,6})?"
_TOWN = rf"(?:,? [a-z][a-z .'-]{{1,30}},? (?:{_STATES})(?:,? \d{{5}}(?:-\d{{4}})?)?)?"
_STREET = re.compile(
    rf"(?<![\w$.,])\d{{1,6}}[a-z]?(?: (?:[nsew]|north|south|east|west)\.?)?"
    rf"(?P<name>(?: [a-z0-9][\w'.-]{{0,20}}){{1,4}}?) (?P<way>{_WAYS})\b\.?{_UNIT}{_TOWN}"
)
_SURE_WAYS = frozenset(
    [
        "street",
        "st",
        "avenue",
        "ave",
        "road",
        "rd",
        "lane",
        "ln",
        "boulevard",
        "blvd",
        "parkway",
        "pkwy",
    ]
)
_NO_STREET = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "on",
        "and",
        "my",
        "your",
        "miles",
        "mile",
        "minute",
        "minutes",
        "hour",
        "down",
        "to",
        "in",
        "from",
        "for",
        "with",
        "at",
    ]
)
_CALLE = re.compile(
    r"\b(?:calle|avenida|av\.|carrera|colonia) [a-z0-9][\w .'-]{1,30}?(?: (?:#|no\.?|num\.?))? ?\d{1,6}\b"
)
_BOX = re.compile(rf"\bp\.? ?o\.? box \d{{1,6}}{_TOWN}")
_ZIP = re.compile(
    rf"\b(?:(?P<state>{_STATES}),? |zip(?: code)?(?: is)?[ :]{{1,2}}|codigo postal[ :]{{1,2}})(?P<zip>\d{{5}}(?:-\d{{4}})?)(?!\d)"
)
_INTRODUCED = re.compile(
    r"\b(?:(?:my name is|name is|i am called|me llamo|mi nombre es|soy|this is|i'm|i am|name:|nombre:) "
    r"|(?:regards|thanks|thank you|best|sincerely|saludos|gracias)[,.!]?\s*\n\s*)"
    r"([^\W\d_][\w'-]+(?: [^\W\d_][\w'.-]+){0,2})"
)
_SURE = ("my name is", "me llamo", "mi nombre es", "i am called", "name:", "nombre:")
_SHORTEST_NAME = 2


def find_contacts(text: str, cased: str, *, region: str = "US") -> Iterator[Found]:
    """Addresses and phone numbers of a plain text; `cased` is it with its capitals, `region` the country of numbers
    without `+`."""
    for kind, patterns in (
        (Kind.EMAIL_ADDRESS, (MAIL, _SPOKEN_MAIL)),
        (Kind.PHONE_NUMBER, (PHONE, _LOCAL_PHONE)),
        (Kind.HOME_ADDRESS, (_CALLE, _BOX)),
    ):
        for pattern in patterns:
            for each in pattern.finditer(text):
                yield Found(each.start(), each.end(), kind)
    for start, end in phones_in(text, region=region):
        yield Found(start, end, Kind.PHONE_NUMBER)
    yield from _streets(text, cased)


def _streets(text: str, cased: str) -> Iterator[Found]:
    for each in _STREET.finditer(text):
        words = cased[each.start("name") : each.end("name")].split()
        sure = each["way"] in _SURE_WAYS and not _NO_STREET.intersection(each["name"].split())
        if sure or all(word[0].isupper() or word[0].isdigit() for word in words):
            yield Found(each.start(), each.end(), Kind.HOME_ADDRESS)
    for each in _ZIP.finditer(text):
        # `in 45501 miles` names no place in Indiana.
        if each["state"] is None or cased[each.start("state") : each.end("state")].isupper():
            yield Found(each.start("zip"), each.end("zip"), Kind.HOME_ADDRESS)


def find_names(text: str, cased: str, names: Iterable[str]) -> Iterator[Found]:
    """Names that are known, and one by which a writer calls himself; `cased` is the text with its capitals."""
    for name in names:
        simple = " ".join(plain(name).text.split())
        if len(simple) >= _SHORTEST_NAME:
            words = r"\s+".join(map(re.escape, simple.split()))
            for each in re.finditer(rf"(?<!\w){words}(?!\w)", text):
                yield Found(each.start(), each.end(), Kind.PERSON_NAME)
    for each in _INTRODUCED.finditer(text):
        end = _end_of_name(cased, each)
        if end is not None:
            yield Found(each.start(1), end, Kind.PERSON_NAME)


def _end_of_name(cased: str, introduced: re.Match[str]) -> int | None:
    """Where a name ends: with its last word that has a capital. In a text without any, it is one word."""
    start = introduced.start(1)
    words = list(re.finditer(r"\S+", cased[start : introduced.end(1)]))
    capitals = 0
    for word in words:
        if not word.group()[0].isupper():
            break
        capitals += 1
    if capitals:
        return start + words[capitals - 1].end()
    sure = introduced.group().startswith(_SURE)
    return start + words[0].end() if sure else None
