"""Personal data that bears no class is told by the name of its field, and by how it looks in a text."""

from __future__ import annotations

import re

from auterity_sdk.dealership.classification import DataClass

_NAMES = {
    DataClass.GOVERNMENT_ID: (
        "ssn sin social_security social_security_number tax_id national_id passport_number "
        "license_number licence_number drivers_license drivers_licence driver_license driver_licence "
        "dl_number"
    ),
    DataClass.PROHIBITED_BASIS: (
        "birth_date birthdate birthday date_of_birth dob age sex gender race marital_status "
        "public_assistance"
    ),
    DataClass.CREDIT: (
        "income annual_income monthly_income gross_income salary account account_number bank_account "
        "routing_number iban card_number credit_score fico fico_score"
    ),
    DataClass.CONTACT: (
        "phone phone_number mobile cell email email_address address street postal_code zip zip_code"
    ),
    DataClass.IDENTITY: (
        "first_name last_name middle_name full_name given_name family_name customer_name vin"
    ),
}
_CLASSES = {name: each.value for each, names in _NAMES.items() for name in names.split()}
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER = re.compile(r"\W+")

MAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
"""How an address of mail looks in a text."""
PHONE = re.compile(r"(?<![\w+])(?:\+\d{8,15}|(?:\+?1[ .-]?)?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4})(?!\w)")
"""How a phone number looks in a text, as far as nothing else looks so."""

_LOOKS = (
    (DataClass.GOVERNMENT_ID.value, re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")),
    (DataClass.CONTACT.value, MAIL),
    (DataClass.CONTACT.value, PHONE),
)


def class_of_name(name: str) -> str | None:
    """The class of a field by its name alone, however it is spelt: `dateOfBirth`, `Date-of-Birth`."""
    return _CLASSES.get(_OTHER.sub("_", _HUMP.sub("_", name)).lower().strip("_"))


def looks_in(text: str) -> frozenset[str]:
    """The classes of what a text shows by its look: numbers of the state, phone numbers, addresses of mail."""
    return frozenset(found for found, look in _LOOKS if look.search(text))


def without_looks(text: str) -> str:
    """The text with the class in the place of what shows its class by its look."""
    for found, look in _LOOKS:
        text = look.sub(f"[{found}]", text)
    return text
