"""The people and firms of a prospect: names, phones, addresses."""

from __future__ import annotations

from typing import Any

from auterity_sdk.dealership.address import Address, plausible_email
from auterity_sdk.dealership.adf.element import Element
from auterity_sdk.dealership.adf.reading import UNFILLED, Reading
from auterity_sdk.dealership.customer import Phone
from auterity_sdk.dealership.party import Contact
from auterity_sdk.dealership.phone import parse_phone
from auterity_sdk.dealership.plain_text import clean_line

_KNOWN = frozenset(("name", "email", "phone", "address", "comments", "comment"))
_PARTS = {
    "first": "first_name",
    "middle": "middle_name",
    "last": "last_name",
    "surname": "last_name",
    "suffix": "suffix",
    "full": "full_name",
    "": "full_name",
}
_KINDS = {"voice": "voice", "cellphone": "cellphone", "fax": "fax", "pager": "pager", "": "voice"}
_NEAR_KINDS = {
    "cell": "cellphone",
    "mobile": "cellphone",
    "cellular": "cellphone",
    "sms": "cellphone",
}
_TIMES = ("morning", "afternoon", "evening", "nopreference", "day")
_COUNTRIES = {
    "usa": "US",
    "u.s.a.": "US",
    "u.s.": "US",
    "united states": "US",
    "united states of america": "US",
    "can": "CA",
    "canada": "CA",
    "mex": "MX",
    "mexico": "MX",
}
_MOST_PHONES = 20


def read_person(reading: Reading, contact: Element) -> dict[str, Any]:
    """A customer's names, phones, e-mail and address, as fields of `Customer`."""
    data = _names(reading, contact)
    data["phones"] = _phones(reading, contact)
    data["email"] = read_email(reading, contact, "customer/contact")
    data["address"] = read_address(reading, contact.first("address"), "customer/contact/address")
    preferred = [e for e in contact.all("email", "phone") if e.attribute("preferredcontact") == "1"]
    usable = [e for e in preferred if data["email"] or e.name == "phone"]
    data["preferred_contact"] = usable[0].name if usable else None
    data["phone"] = _preferred_phone(reading, contact, data["phones"])
    reading.keep_unknown(contact, _KNOWN, "customer/contact")
    used = contact.first("email")
    reading.keep_repeated(contact, used, "email", "customer/contact")
    reading.keep_repeated(contact, contact.first("address"), "address", "customer/contact")
    return data


def read_contact(reading: Reading, element: Element | None, path: str) -> Contact | None:
    """A firm's contact; None if nothing in it is known."""
    if element is None or element.is_empty:
        return None
    names = _names(reading, element)
    parts = [names.get(p, "") for p in ("first_name", "middle_name", "last_name", "suffix")]
    contact = Contact(
        name=names.get("full_name") or " ".join(part for part in parts if part)[:500],
        email=read_email(reading, element, path),
        phone=read_phone(reading, element, path),
        address=read_address(reading, element.first("address"), f"{path}/address"),
    )
    reading.keep_unknown(element, _KNOWN | {"url"}, path)
    for extra in element.all("phone")[1:]:
        reading.keep(extra, f"{path}/phone")
    return contact if contact != Contact() else None


def read_email(reading: Reading, parent: Element, path: str) -> str | None:
    """The first e-mail address among the children; one that is none goes to the extras."""
    child = parent.first("email")
    text = reading.line_of(parent, "email").removeprefix("mailto:")
    if child is None or not text:
        return None
    if plausible_email(text):
        return text
    reading.log.note("ADF305", child.line, "kept in extras")
    reading.keep(child, f"{path}/email")
    return None


def read_phone(reading: Reading, parent: Element, path: str) -> str | None:
    """The first phone number among the children, in E.164; one that is none goes to the extras."""
    child = parent.first("phone")
    return None if child is None else _number(reading, child, path)


def read_address(reading: Reading, element: Element | None, path: str) -> Address | None:
    """An address; None if it says nothing."""
    if element is None or element.is_empty:
        return None
    streets = [reading.one_line(child) for child in _streets(element)]
    address = Address(
        street=tuple(street for street in streets if street)[:5],
        apartment=reading.line_of(element, "apartment"),
        city=reading.line_of(element, "city"),
        region=reading.line_of(element, "regioncode"),
        postal_code=reading.line_of(element, "postalcode"),
        country=_country(reading, element, path),
    )
    known = ("street", "apartment", "city", "regioncode", "postalcode", "country", "url")
    reading.keep_unknown(element, known, path)
    return address if address != Address() else None


def _streets(element: Element) -> list[Element]:
    def line(street: Element) -> str:
        number = street.attribute("line")
        return number if number in ("1", "2", "3", "4", "5") else "9"

    return sorted(element.all("street"), key=line)


def _country(reading: Reading, element: Element, path: str) -> str:
    written = reading.line_of(element, "country")
    child = element.first("country")
    if len(written) == 2 and written.isascii() and written.isalpha():
        return written.upper()
    if written and child is not None:
        reading.log.note("ADF308", child.line)
        if written.casefold() not in _COUNTRIES:
            reading.keep(child, f"{path}/country")
    return _COUNTRIES.get(written.casefold(), "")


def _names(reading: Reading, contact: Element) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for child in contact.all("name"):
        field = _PARTS.get(child.attribute("part"), "full_name")
        text = reading.one_line(child, UNFILLED)
        if text and field not in data:
            data[field] = text
        if child.attribute("type") == "business":
            data["kind"] = "business"
    return data


def _phones(reading: Reading, contact: Element) -> tuple[Phone, ...]:
    found: dict[str, Phone] = {}
    children = contact.all("phone")
    for child in children[_MOST_PHONES:]:
        reading.log.note_once("ADF404", child.line)
    for child in children[:_MOST_PHONES]:
        number = _number(reading, child, "customer/contact")
        if number and number not in found:
            best = child.attribute("time")
            data = {"number": number, "kind": _kind(reading, child)}
            found[number] = Phone.model_validate(
                data | ({"best_time": best} if best in _TIMES else {})
            )
    return tuple(found.values())


def _kind(reading: Reading, child: Element) -> str:
    written = child.attribute("type")
    if written in _KINDS:
        return _KINDS[written]
    reading.log.note("ADF304", child.line)
    return _NEAR_KINDS.get(written, "voice")


def _number(reading: Reading, child: Element, path: str) -> str | None:
    text = reading.one_line(child)
    if not text:
        return None
    parsed = parse_phone(text, region=reading.region)
    if parsed is None:
        reading.log.note("ADF303", child.line, "kept in extras")
        reading.keep(child, f"{path}/phone")
        return None
    return parsed.e164


def _preferred_phone(reading: Reading, contact: Element, phones: tuple[Phone, ...]) -> str | None:
    known = [phone.number for phone in phones]
    for child in contact.all("phone")[:_MOST_PHONES]:
        if "1" in (child.attribute("preferredcontact"), child.attribute("besttime")):
            parsed = parse_phone(clean_line(child.text), region=reading.region)
            if parsed is not None and parsed.e164 in known:
                return parsed.e164
    return None
