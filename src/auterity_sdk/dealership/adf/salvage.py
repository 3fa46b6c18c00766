"""The last rung: a name, an e-mail address and a phone number picked out of a text that is no ADF."""

from __future__ import annotations

import html
import re

from auterity_sdk.dealership.address import plausible_email
from auterity_sdk.dealership.adf.prospect import zones_of
from auterity_sdk.dealership.adf.reading import Reading
from auterity_sdk.dealership.customer import Customer
from auterity_sdk.dealership.lead import Lead
from auterity_sdk.dealership.phone import parse_phone
from auterity_sdk.dealership.plain_text import LONGEST_TEXT, clean_line, clean_text

_LONGEST = 200_000  # a lead is said in the first lines, or not at all
_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}(?![\w-])"
)
_PHONE = re.compile(
    r"(?<![\w+.-])(?:\+?1[ .-]?)?\(?[2-9]\d\d\)?[ .-]{0,2}[2-9]\d\d[ .-]?\d{4}(?![\w-])", re.ASCII
)
_NAME = re.compile(
    r"^[ \t]{0,20}(?:customer |full |your |contact )?name[ \t]{0,5}[:=][ \t]{0,5}([^\n:=<>@]{2,80})$",
    re.IGNORECASE | re.MULTILINE,
)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_BLOCK_TAG = re.compile(r"<(?:br|/?p|/?div|/?tr|/?li|/td)\b[^<>]{0,2000}>", re.IGNORECASE)


def salvaged(text: str, reading: Reading) -> Lead | None:
    """A lead with whatever reaches a person; None if nothing does. Noted with low confidence."""
    plain = clean_text(html.unescape(_TAG.sub(" ", _BLOCK_TAG.sub("\n", text[:_LONGEST]))))
    emails = (found[0] for found in _EMAIL.finditer(plain) if plausible_email(found[0]))
    email = next(emails, None)
    phone = _first_phone(plain, reading.region)
    if email is None and phone is None:
        return None
    name = _NAME.search(plain)
    reading.log.note("ADF008", confidence="low")
    customer = Customer(full_name=clean_line(name[1]) if name else "", email=email, phone=phone)
    return Lead(
        received_at=reading.received_at,
        customer=customer.model_copy(update={"time_zones": zones_of(customer)}),
        comments=clean_text(plain[:LONGEST_TEXT]),
    )


def _first_phone(text: str, region: str) -> str | None:
    for found in _PHONE.finditer(text):
        parsed = parse_phone(found[0], region=region)
        if parsed is not None and parsed.valid:
            return parsed.e164
    return None
