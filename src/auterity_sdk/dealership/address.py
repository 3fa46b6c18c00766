"""A postal address, and the types of a phone number and an e-mail address."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from auterity_sdk.dealership.classification import Classified, DataClass
from auterity_sdk.dealership.plain_text import Line
from auterity_sdk.dealership.record import Record
from auterity_sdk.dealership.us_states import state_code


def plausible_email(text: str) -> bool:
    """`text` has the shape of one mailbox: `name@host.tld`, without blanks, quotes, brackets or lists."""
    name, at, host = text.rpartition("@")
    labels = host.split(".")
    return (
        bool(at and name)
        and len(text) <= 254
        and len(labels) >= 2
        and not any(c.isspace() or c in '"<>()[],;:\\@' or not c.isprintable() for c in name)
        and all(label.replace("-", "a").isalnum() and not label.startswith("-") for label in labels)
    )


def _mailbox(text: str) -> str:
    if not plausible_email(text):
        raise ValueError("not an e-mail address, such as 'jordan@example.com'")
    return text


E164 = Annotated[
    str,
    StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$"),
    Classified(DataClass.CONTACT),
]
"""A phone number as ITU E.164 writes it: `+14195550188`."""

Email = Annotated[str, AfterValidator(_mailbox), Classified(DataClass.CONTACT)]
"""One mailbox; its case is kept as written."""

ContactLine = Annotated[Line, Classified(DataClass.CONTACT)]


class Address(Record):
    """A postal address. What is not known is empty."""

    street: Annotated[tuple[ContactLine, ...], Field(max_length=5)] = ()
    apartment: ContactLine = ""
    city: ContactLine = ""
    region: Line = ""
    """State or province as it was written: `OH`, `Ohio`."""
    postal_code: ContactLine = ""
    country: Annotated[str, Field(pattern="^([A-Z]{2})?$")] = ""
    """ISO 3166 alpha-2, or empty."""

    @property
    def us_state(self) -> str | None:
        """The two letters of the US state or district of `region`; None elsewhere or if unknown."""
        return state_code(self.region) if self.country in ("", "US") else None
