"""One prospect element made into a lead."""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import Any

from auterity_sdk.dealership.adf.contacts import (
    read_contact,
    read_email,
    read_person,
    read_phone,
)
from auterity_sdk.dealership.adf.element import Element
from auterity_sdk.dealership.adf.reading import OWN_SOURCE, Reading, identifier
from auterity_sdk.dealership.adf.times import read_time
from auterity_sdk.dealership.adf.vehicles import read_vehicles
from auterity_sdk.dealership.consent import ConsentRecord, stated_consents
from auterity_sdk.dealership.customer import Customer
from auterity_sdk.dealership.lead import Lead
from auterity_sdk.dealership.party import Provider, Vendor
from auterity_sdk.dealership.phone import time_zones
from auterity_sdk.dealership.plain_text import LONGEST_TEXT, clean_line, clean_text
from auterity_sdk.dealership.us_states import STATE_ZONES

_KNOWN = ("id", "requestdate", "vehicle", "customer", "vendor", "provider", "comments", "comment")
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?li|/?tr)\b[^<>]{0,200}/?>", re.IGNORECASE)
_MARKUP = re.compile(
    r"</?(?:b|i|u|em|strong|span|font|a|ul|ol|table|td|tbody)\b[^<>]{0,200}>", re.IGNORECASE
)


def read_prospect(prospect: Element, reading: Reading) -> Lead:
    """The lead of a prospect. All that a lead has no word for is in its extras."""
    reading.extras = []
    comments = _comments(reading, prospect)
    provider = _provider(reading, prospect.first("provider"))
    wanted, trades = read_vehicles(reading, prospect, comments)
    ids = _by_sequence(prospect.all("id"))
    identity = identifier(reading, ids[0] if ids else None, provider.name if provider else "")
    for other in ids[1:]:
        reading.keep(other, "id")
    requested_at = _requested_at(reading, prospect)
    customer = _customer(reading, prospect)
    status = _status(reading, prospect)
    consents = _consents(reading, comments, requested_at, status)
    data: dict[str, Any] = {
        "id": identity,
        "source": provider.name if provider and provider.name else _source(ids),
        "received_at": reading.received_at,
        "requested_at": requested_at,
        "status": status,
        "customer": customer.model_copy(update={"consents": consents}),
        "vehicles_of_interest": wanted,
        "trade_ins": trades,
        "comments": comments,
        "vendor": _vendor(reading, prospect),
        "provider": provider,
    }
    reading.keep_unknown(prospect, _KNOWN, "")
    for name in ("customer", "vendor", "provider", "requestdate"):
        reading.keep_repeated(prospect, prospect.first(name), name, "prospect")
    return Lead.model_validate(data | {"extras": tuple(reading.extras)})


def _by_sequence(ids: list[Element]) -> list[Element]:
    def sequence(element: Element) -> int:
        written = element.attribute("sequence")
        return int(written) if written.isdecimal() and len(written) < 9 else 10**9

    return sorted((e for e in ids if e.text), key=sequence)


def _source(ids: list[Element]) -> str:
    given = clean_line(ids[0].attributes.get("source", "")) if ids else ""
    return "" if given == OWN_SOURCE else given[:500].strip()


def _requested_at(reading: Reading, prospect: Element) -> datetime | None:
    element = prospect.first("requestdate")
    if element is None or not element.text:
        reading.log.note("ADF104", prospect.line)
        return None
    return read_time(element.text, reading.log, element.line, reading.received_at.tzinfo)


def _status(reading: Reading, prospect: Element) -> str:
    written = prospect.attribute("status")
    if written not in ("", "new", "resend"):
        reading.log.note("ADF403", prospect.line)
    return "resend" if written == "resend" else "new"


def _customer(reading: Reading, prospect: Element) -> Customer:
    element = prospect.first("customer")
    contact = element.first("contact") if element is not None else prospect.first("contact")
    if element is None or contact is None:
        reading.log.note("ADF301", prospect.line)
    contact = contact or element or Element("contact", line=prospect.line)
    data = read_person(reading, contact)
    ids = _by_sequence(element.all("id")) if element is not None else []
    data["id"] = identifier(reading, ids[0] if ids else None)
    for other in ids[1:]:
        reading.keep(other, "customer/id")
    if element is not None and element is not contact:
        reading.keep_unknown(element, ("contact", "id", "comments", "comment"), "customer")
        reading.keep_repeated(element, contact, "contact", "customer")
    customer = Customer.model_validate(data)
    if not customer.full_name:
        reading.log.note("ADF302", contact.line)
    if customer.phone is None and customer.email is None:
        reading.log.note("ADF306", contact.line)
    return customer.model_copy(update={"time_zones": zones_of(customer)})


def _consents(
    reading: Reading, comments: str, requested_at: datetime | None, status: str
) -> tuple[ConsentRecord, ...]:
    """What the comments' flags say, as of when the shopper asked: a lead that is sent again after a STOP grants nothing new."""
    said_at = min(requested_at or reading.received_at, reading.received_at)
    found = stated_consents(comments, said_at)
    undated = status == "resend" and requested_at is None
    return tuple(record for record in found if record.granted_at is None or not undated)


def zones_of(customer: Customer) -> tuple[str, ...]:
    """Every zone of the customer's number and of the state in the address."""
    state = customer.address.us_state if customer.address else None
    by_state = STATE_ZONES[state] if state else ()
    by_number = time_zones(customer.phone) if customer.phone else ()
    return tuple(sorted({*by_state, *by_number}))


def _vendor(reading: Reading, prospect: Element) -> Vendor | None:
    element = prospect.first("vendor")
    if element is None or element.is_empty:
        reading.log.note("ADF401", prospect.line)
        return None
    contact = element.first("contact")
    name = reading.line_of(element, "vendorname", "name")
    if not name:
        reading.log.note("ADF401", element.line)
    address = contact.first("address") if contact is not None else None
    vendor = Vendor(
        name=name,
        id=identifier(reading, element.first("id")),
        url=reading.line_of(element, "url")
        or (reading.line_of(address, "url") if address is not None else ""),
        contact=read_contact(reading, contact, "vendor/contact"),
    )
    reading.keep_unknown(element, ("id", "vendorname", "name", "url", "contact"), "vendor")
    return vendor


def _provider(reading: Reading, element: Element | None) -> Provider | None:
    if element is None or element.is_empty:
        return None
    provider = Provider(
        name=reading.line_of(element, "name"),
        id=identifier(reading, element.first("id")),
        service=reading.line_of(element, "service"),
        url=reading.line_of(element, "url"),
        email=read_email(reading, element, "provider"),
        phone=read_phone(reading, element, "provider"),
        contact=read_contact(reading, element.first("contact"), "provider/contact"),
    )
    known = ("id", "name", "service", "url", "email", "phone", "contact")
    reading.keep_unknown(element, known, "provider")
    return provider if provider != Provider() else None


def _comments(reading: Reading, prospect: Element) -> str:
    """All that is said about the lead as a whole, wherever the sender put it."""
    customer = prospect.first("customer")
    places: list[tuple[Element, bool]] = [(prospect, False)]
    if customer is not None:
        contact = customer.first("contact")
        places = [(customer, True)] + ([(contact, False)] if contact else []) + places
    said: list[str] = []
    for place, conformant in places:
        for child in place.all("comments", "comment"):
            if child.text and not (conformant and child.name == "comments"):
                reading.log.note("ADF307", child.line)
            said += [_without_markup(reading.text(child))]
    said += [reading.text(prospect)] if prospect.name == "prospect" and prospect.text else []
    joined = "\n".join(dict.fromkeys(text for text in said if text))
    return clean_text(joined[:LONGEST_TEXT])


def _without_markup(text: str) -> str:
    """HTML that forms write into comments as plain text; a text without its tags stays as it is."""
    plain = _MARKUP.sub("", _BREAK.sub("\n", text))
    return text if plain == text else clean_text(html.unescape(plain))
