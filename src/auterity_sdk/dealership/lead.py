"""A lead: somebody told a dealer, through somebody else or directly, that they want a vehicle."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from auterity_sdk.dealership.classification import Classified, DataClass
from auterity_sdk.dealership.customer import Customer
from auterity_sdk.dealership.party import Provider, Vendor
from auterity_sdk.dealership.plain_text import Line, Text
from auterity_sdk.dealership.record import Record, derived_id
from auterity_sdk.dealership.vehicle import Vehicle


class Extra(Record):
    """Something a lead's document said that a lead has no word for, so that nothing is lost.

    `path` is where it stood, such as `vehicle[1]/finance/term`; what is in it is free text.
    """

    path: Line
    text: Annotated[Text, Classified(DataClass.FREE_TEXT)] = ""
    attributes: Annotated[dict[Line, Line], Classified(DataClass.FREE_TEXT)] = Field(
        default_factory=dict
    )


class Lead(Record):
    """A lead. `vehicle` is the first of `vehicles_of_interest`; what the shopper gives is in `trade_ins`.

    Without an `id` one is derived from the source, the vendor, the customer's id, the time asked, the vehicles and the
    comments: the same document gives the same id whenever and however often it arrives. A `resend` repeats a
    lead that was sent before, and carries the same id.
    """

    id: Line = ""
    source: Line = ""
    """Who sent it, in one name to count by: the provider's name, else whose id it carries."""
    received_at: AwareDatetime
    requested_at: AwareDatetime | None = None
    """When the shopper asked, as the document says."""
    status: Literal["new", "resend"] = "new"
    customer: Customer
    vehicle: Vehicle | None = None
    vehicles_of_interest: tuple[Vehicle, ...] = Field(default=(), max_length=200)
    trade_ins: tuple[Vehicle, ...] = Field(default=(), max_length=200)
    comments: Annotated[Text, Classified(DataClass.FREE_TEXT)] = ""
    vendor: Vendor | None = None
    provider: Provider | None = None
    extras: tuple[Extra, ...] = Field(default=(), max_length=1000)

    @model_validator(mode="after")
    def _given_is_not_wanted(self) -> Self:
        wanted = (*self.vehicles_of_interest, *((self.vehicle,) if self.vehicle else ()))
        if any(vehicle.is_trade for vehicle in wanted):
            raise ValueError("a vehicle of interest cannot have the interest trade-in or sell")
        if not all(vehicle.is_trade for vehicle in self.trade_ins):
            raise ValueError("a trade-in needs the interest trade-in or sell")
        return self

    @model_validator(mode="after")
    def _complete(self) -> Self:
        # A frozen record is still being made here, so what follows from its other fields is filled in once.
        if self.vehicle is None and self.vehicles_of_interest:
            self.__dict__["vehicle"] = self.vehicles_of_interest[0]
        elif self.vehicle is not None and self.vehicle not in self.vehicles_of_interest:
            self.__dict__["vehicles_of_interest"] = (self.vehicle, *self.vehicles_of_interest)
        if not self.id:
            self.__dict__["id"] = derived_id("lead", *_content(self))
        return self


def _content(lead: Lead) -> tuple[str, ...]:
    vehicles = (*lead.vehicles_of_interest, *lead.trade_ins)
    return (
        lead.source.casefold(),
        lead.vendor.name.casefold() if lead.vendor else "",
        lead.customer.id,
        "" if lead.requested_at is None else f"{lead.requested_at.timestamp():.0f}",
        *(v.model_dump_json(include={"vin", "stock", "year", "make", "model"}) for v in vehicles),
        lead.comments,
    )
