"""Writes ADF 1.0 as its document type has it: element order, names and values that every reader takes."""

from __future__ import annotations

from datetime import UTC, datetime

from auterity_sdk.dealership.address import Address
from auterity_sdk.dealership.adf.element import Element
from auterity_sdk.dealership.adf.reading import OWN_SOURCE
from auterity_sdk.dealership.adf.refusal import AdfNotWritable
from auterity_sdk.dealership.adf.vehicle_writer import leaf, node, vehicle_element
from auterity_sdk.dealership.customer import Customer
from auterity_sdk.dealership.lead import Lead
from auterity_sdk.dealership.party import Contact, Provider, Vendor

_PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>\n<?adf version="1.0"?>\n'


def write_adf(lead: Lead) -> bytes:
    """A lead as a strict ADF 1.0 document in UTF-8, which reads back as the same lead without a repair.

    ADF has no word for `extras`, time zones, consents and parts of a second; they are left out, as are prices of zero, which
    readers take for unknown. AdfNotWritable where the lead lacks what the specification demands: a name, a phone
    number or e-mail address, a vendor's name, and a vehicle, each with year, make and model.
    """
    missing = _missing(lead)
    if missing:
        raise AdfNotWritable(
            f"the lead cannot be written as ADF 1.0: it lacks {', '.join(missing)}",
            help="fill these in before the lead is written",
        )
    document = node("adf", [_prospect(lead)])
    return (_PROLOGUE + _rendered(document, 0)).encode()


def _missing(lead: Lead) -> list[str]:
    vehicles = (*lead.vehicles_of_interest, *lead.trade_ins)
    demands = {
        "a vehicle": bool(vehicles),
        "a vehicle's year, make or model": all(v.year and v.make and v.model for v in vehicles),
        "the customer's name": bool(lead.customer.full_name),
        "a phone number or e-mail address": bool(lead.customer.phones or lead.customer.email),
        "the vendor's name": lead.vendor is not None and bool(lead.vendor.name),
        "the provider's name": lead.provider is None or bool(lead.provider.name),
    }
    return [what for what, given in demands.items() if not given]


def _prospect(lead: Lead) -> Element:
    vehicles = (*lead.vehicles_of_interest, *lead.trade_ins)
    requested = lead.requested_at or lead.received_at
    return node(
        "prospect",
        [
            _identifier(lead.id),
            leaf("requestdate", _time(requested)),
            *(vehicle_element(vehicle) for vehicle in vehicles),
            _customer(lead.customer, lead.comments),
            *([_vendor(lead.vendor)] if lead.vendor else []),
            *([_provider(lead.provider)] if lead.provider else []),
        ],
        status=lead.status,
    )


def _time(moment: datetime) -> str:
    offset = moment.utcoffset()
    whole_minutes = offset is not None and offset.total_seconds() % 60 == 0
    return (moment if whole_minutes else moment.astimezone(UTC)).isoformat(timespec="seconds")


def _identifier(identity: str) -> Element:
    """`source:text` as its two parts; anything else as an id of our own."""
    source, _, text = identity.partition(":")
    plain = source.strip() == source and text.strip() == text
    if not source or not text or source == OWN_SOURCE or not plain:
        source, text = OWN_SOURCE, identity
    return leaf("id", text, sequence="1", source=source)


def _customer(customer: Customer, comments: str) -> Element:
    contact = node(
        "contact",
        [
            *_names(customer),
            *_customer_email(customer),
            *_phones(customer),
            *_address(customer.address),
        ],
    )
    said = [leaf("comments", comments)] if comments else []
    return node("customer", [contact, _identifier(customer.id), *said])


def _names(customer: Customer) -> list[Element]:
    parts = {
        "first": customer.first_name,
        "middle": customer.middle_name,
        "last": customer.last_name,
        "suffix": customer.suffix,
        "full": customer.full_name,
    }
    return [
        leaf("name", text, part=part, type=customer.kind) for part, text in parts.items() if text
    ]


def _customer_email(customer: Customer) -> list[Element]:
    preferred = "1" if customer.preferred_contact == "email" else "0"
    return _present("email", customer.email, preferredcontact=preferred)


def _phones(customer: Customer) -> list[Element]:
    wants_call = customer.preferred_contact == "phone"
    return [
        leaf(
            "phone",
            phone.number,
            type=phone.kind,
            time=phone.best_time or "",
            preferredcontact="1" if wants_call and phone.number == customer.phone else "0",
        )
        for phone in customer.phones
    ]


def _address(address: Address | None) -> list[Element]:
    if address is None:
        return []
    lines = enumerate((street for street in address.street if street), 1)
    parts = [
        *(leaf("street", street, line=str(number)) for number, street in lines),
        *_present("apartment", address.apartment),
        *_present("city", address.city),
        *_present("regioncode", address.region),
        *_present("postalcode", address.postal_code),
        *_present("country", address.country),
    ]
    return [node("address", parts)]


def _vendor(vendor: Vendor) -> Element:
    return node(
        "vendor",
        [
            *([_identifier(vendor.id)] if vendor.id else []),
            leaf("vendorname", vendor.name),
            *_present("url", vendor.url),
            *_contact(vendor.contact),
        ],
    )


def _provider(provider: Provider) -> Element:
    return node(
        "provider",
        [
            *([_identifier(provider.id)] if provider.id else []),
            leaf("name", provider.name, part="full"),
            *_present("service", provider.service),
            *_present("url", provider.url),
            *_present("email", provider.email),
            *_present("phone", provider.phone),
            *_contact(provider.contact),
        ],
    )


def _contact(contact: Contact | None) -> list[Element]:
    if contact is None:
        return []
    parts = [
        *_present("name", contact.name, part="full"),
        *_present("email", contact.email),
        *_present("phone", contact.phone),
        *_address(contact.address),
    ]
    return [node("contact", parts)]


def _present(name: str, text: str | None, **attributes: str) -> list[Element]:
    return [leaf(name, text, **attributes)] if text else []


def _rendered(element: Element, depth: int) -> str:
    indent = "  " * depth
    attributes = "".join(f' {k}="{_escaped(v)}"' for k, v in element.attributes.items() if v)
    start = f"{indent}<{element.name}{attributes}>"
    if not element.children:
        return f"{start}{_escaped(element.text)}</{element.name}>\n"
    inside = "".join(_rendered(child, depth + 1) for child in element.children)
    return f"{start}\n{inside}{indent}</{element.name}>\n"


def _escaped(text: str) -> str:
    marks = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"))
    for mark, reference in marks:
        text = text.replace(mark, reference)
    return text
