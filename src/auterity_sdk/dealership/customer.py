"""The person, or firm, who wants something of the dealer."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from auterity_sdk.dealership.address import E164, Address, Email
from auterity_sdk.dealership.classification import Classified, DataClass
from auterity_sdk.dealership.consent import ConsentRecord
from auterity_sdk.dealership.plain_text import LONGEST_LINE, Line, clean_line
from auterity_sdk.dealership.record import Record, derived_id

NamePart = Annotated[Line, Classified(DataClass.IDENTITY)]
PhoneKind = Literal["voice", "cellphone", "fax", "pager"]
CallTime = Literal["morning", "afternoon", "evening", "nopreference", "day"]

_REACHABLE: tuple[PhoneKind, ...] = ("cellphone", "voice")


class Phone(Record):
    """One of a customer's phone numbers."""

    number: E164
    kind: PhoneKind = "voice"
    best_time: CallTime | None = None


class Customer(Record):
    """A customer. A text that is not known is empty; a phone number or e-mail address that is not known is None.

    Missing name parts are read from the full name, and the full name from its parts. Without an `id` one is
    derived from what identifies the person best: the phone number, else the e-mail address, else name and
    postal code. So the same person gets the same id from two documents that both give that number.
    """

    id: Line = ""
    kind: Literal["individual", "business"] = "individual"
    first_name: NamePart = ""
    middle_name: NamePart = ""
    last_name: NamePart = ""
    suffix: NamePart = ""
    full_name: NamePart = ""
    phone: E164 | None = None
    """The number to use; unless given, the first of `phones` that is a mobile, else the first voice line."""
    phones: tuple[Phone, ...] = Field(default=(), max_length=20)
    email: Email | None = None
    address: Address | None = None
    preferred_contact: Literal["email", "phone"] | None = None
    time_zones: tuple[Line, ...] = Field(default=(), max_length=100)
    """Every IANA zone the customer may be in, by number and address; empty if unknown."""
    consents: tuple[ConsentRecord, ...] = Field(default=(), max_length=1000)

    @model_validator(mode="before")
    @classmethod
    def _complete_names(cls, data: Any) -> Any:
        return _with_names(data) if isinstance(data, dict) else data

    @model_validator(mode="after")
    def _complete(self) -> Self:
        # A frozen record is still being made here, so what follows from its other fields is filled in once.
        phones = self.phones
        if self.phone is None:
            self.__dict__["phone"] = best_phone(phones)
        elif self.phone not in [p.number for p in phones]:
            self.__dict__["phones"] = (Phone(number=self.phone), *phones)
        if not self.id:
            self.__dict__["id"] = derived_id("c", *_identity(self))
        return self


def best_phone(phones: tuple[Phone, ...]) -> str | None:
    """The number to reach a person at: the first mobile, else the first voice line; never a fax or a pager."""
    usable = [p for kind in _REACHABLE for p in phones if p.kind == kind]
    return usable[0].number if usable else None


def _identity(customer: Customer) -> tuple[str, ...]:
    if customer.phone:
        return ("phone", customer.phone)
    if customer.email:
        return ("email", customer.email.casefold())
    postal_code = customer.address.postal_code if customer.address else ""
    return ("name", customer.full_name.casefold(), postal_code.casefold())


_PARTS = ("first_name", "middle_name", "last_name", "suffix")


def _with_names(data: dict[str, Any]) -> dict[str, Any]:
    given = [data[part] for part in _PARTS if data.get(part)]
    full = data.get("full_name")
    if given and not full and all(isinstance(part, str) for part in given):
        return {**data, "full_name": clean_line(" ".join(given)[:LONGEST_LINE])}
    if full and not given and isinstance(full, str) and data.get("kind") != "business":
        return {**data, **split_name(full)}
    return data


_HONORIFIC = re.compile(r"(?:mr|mrs|ms|miss|mx|dr|prof|rev|sir|sr|sra|m|mme)\.?", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|phd|md|esq)\.?", re.IGNORECASE)


def split_name(full: str) -> dict[str, str]:
    """A full name's parts, of `first_name`, `middle_name`, `last_name` and `suffix` those that are plain to see.

    Empty for two people in one name (`Mr & Mrs Fox`) or one word with nothing to go by: better no first
    name than a wrong one. Letters keep their case.
    """
    name = clean_line(full)
    if re.search(r"[&+/0-9@]|\b(?:and|y|et)\b", name, re.IGNORECASE):
        return {}
    last, comma, rest = name.partition(",")
    if comma and rest.strip() and not _SUFFIX.fullmatch(rest.strip()):
        return _parts([*rest.split(), *last.split()], last_words=len(last.split()))
    return _parts(name.replace(",", " ").split(), last_words=1)


def _parts(words: list[str], *, last_words: int) -> dict[str, str]:
    suffix = ""
    if len(words) > 2 and last_words == 1 and _SUFFIX.fullmatch(words[-1]):
        suffix = words.pop()
    while len(words) > 1 and _HONORIFIC.fullmatch(words[0]):
        del words[0]
    if not words:
        return {}
    first, *others = words
    cut = max(0, len(others) - last_words)
    found = {
        "first_name": first,
        "middle_name": " ".join(others[:cut]),
        "last_name": " ".join(others[cut:]),
        "suffix": suffix,
    }
    return {part: text for part, text in found.items() if text}
