"""Takes personal data out of a text, and puts it back."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from msgspec import Struct, field

from auterity_sdk.ai.scrub.circumstances import find_circumstances
from auterity_sdk.ai.scrub.contacts import find_contacts, find_names
from auterity_sdk.ai.scrub.kinds import CLASSES, Found, Kind
from auterity_sdk.ai.scrub.numbers import find_numbers, find_vins
from auterity_sdk.ai.statements.plain import Plain, plain
from auterity_sdk.dealership.classification import DataClass

_ORDER = {kind: place for place, kind in enumerate(Kind)}
_TOKEN = re.compile(rf"\[(?:{'|'.join(Kind)})_\d+\]")
_LEFT = re.compile(rf"\[(?:{'|'.join(Kind).lower()})(?:_\d+)?\]")
_LONGEST_TOKEN = 40


class Strategy(StrEnum):
    """What stands in the place of personal data."""

    REDACT = "REDACT"
    """Its kind: `[PHONE_NUMBER]`."""
    TOKENIZE = "TOKENIZE"
    """Its kind and a number, the same for the same: `[PHONE_NUMBER_1]`. It can be put back."""
    NULLIFY = "NULLIFY"
    """Nothing."""


class Scrubbed(Struct, frozen=True):
    """A text without personal data. `found` tells what was in it, in its places.

    `originals` are what the tokens stand for: as personal as the text was.
    """

    text: str
    found: tuple[Found, ...] = ()
    originals: Mapping[str, str] = field(default_factory=dict)


def scrub(
    text: str,
    strategy: Strategy = Strategy.REDACT,
    *,
    names: Iterable[str] = (),
    classes: Collection[DataClass] = tuple(DataClass),
    region: str = "US",
) -> Scrubbed:
    """The text with what is found of `classes` replaced.

    `names` are those that the caller knows to be personal, such as the customer's; `region` is the country of phone
    numbers without `+`. What no rule knows stays: a name that nobody told, an address without a street.
    """
    found = tuple(find(text, names, classes=classes, region=region))
    taken = set(_TOKEN.findall(text))
    tokens: dict[tuple[Kind, str], str] = {}
    parts, end = [], 0
    for each in found:
        original = text[each.start : each.end]
        parts += [text[end : each.start], _stand_in(each.kind, original, strategy, tokens, taken)]
        end = each.end
    originals = {token: original for (_, original), token in tokens.items()}
    return Scrubbed("".join([*parts, text[end:]]), found, originals)


def restore(text: str, originals: Mapping[str, str]) -> str:
    """A text with the originals in the place of their tokens; a token that is not known stays."""
    return _TOKEN.sub(lambda token: originals.get(token.group(), token.group()), text)


def find(
    text: str,
    names: Iterable[str] = (),
    *,
    classes: Collection[DataClass] = tuple(DataClass),
    region: str = "US",
) -> list[Found]:
    """The personal data of these classes in a text, in its order; what overlaps is one."""
    seen = plain(text)
    found = [*find_numbers(seen.text), *find_circumstances(seen.text)]
    if {DataClass.CONTACT, DataClass.IDENTITY} & set(classes):
        cased = "".join(text[place : place + 1] for place in seen.places[:-1])
        found += find_contacts(seen.text, cased, region=region)
        found += [*find_names(seen.text, cased, names), *find_vins(seen.text)]
    meant = (each for each in found if CLASSES[each.kind] in classes)
    outside = [each for each in meant if not _in_token(seen.text, each)]
    return _apart([_in_original(seen, each) for each in outside])


def _in_token(text: str, found: Found) -> bool:
    """Whether it stands in what a scrub left: `[PHONE_NUMBER_1]`."""
    opened = text.rfind("[", max(0, found.start - _LONGEST_TOKEN), found.start)
    closed = text.find("]", found.end, found.end + _LONGEST_TOKEN)
    return min(opened, closed) >= 0 and bool(_LEFT.fullmatch(text[opened : closed + 1]))


def _in_original(seen: Plain, found: Found) -> Found:
    start, last = seen.places[found.start], seen.places[found.end - 1]
    return Found(start, last + 1, found.kind)


def _apart(found: list[Found]) -> list[Found]:
    """What overlaps made one, of the kind that comes first."""
    joined: list[Found] = []
    for each in sorted(found, key=lambda one: (one.start, one.end)):
        if joined and each.start < joined[-1].end:
            last = joined.pop()
            kind = min(last.kind, each.kind, key=_ORDER.__getitem__)
            joined.append(Found(last.start, max(last.end, each.end), kind))
        else:
            joined.append(each)
    return joined


def _stand_in(
    kind: Kind,
    original: str,
    strategy: Strategy,
    tokens: dict[tuple[Kind, str], str],
    taken: set[str],
) -> str:
    match strategy:
        case Strategy.NULLIFY:
            return ""
        case Strategy.REDACT:
            return f"[{kind}]"
        case Strategy.TOKENIZE:
            if (kind, original) not in tokens:
                number = 1 + sum(known == kind for known, _ in tokens)
                while f"[{kind}_{number}]" in taken:
                    number += 1
                taken.add(f"[{kind}_{number}]")
                tokens[kind, original] = f"[{kind}_{number}]"
            return tokens[kind, original]
