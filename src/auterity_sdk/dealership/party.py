"""The firms around a lead: the dealer it is for, and whoever sent it."""

from __future__ import annotations

from auterity_sdk.dealership.address import E164, Address, Email
from auterity_sdk.dealership.plain_text import Line
from auterity_sdk.dealership.record import Record


class Contact(Record):
    """How to reach a firm's people."""

    name: Line = ""
    email: Email | None = None
    phone: E164 | None = None
    address: Address | None = None


class Vendor(Record):
    """The dealer that a lead is for."""

    name: Line = ""
    id: Line = ""
    url: Line = ""
    contact: Contact | None = None


class Provider(Record):
    """Who originated a lead: a portal, a maker's site, the dealer's own form."""

    name: Line = ""
    id: Line = ""
    service: Line = ""
    url: Line = ""
    email: Email | None = None
    phone: E164 | None = None
    contact: Contact | None = None
