"""An agreed time at the dealer: service, test drive, delivery, or a trade-in's inspection."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from auterity_sdk.dealership.customer import Customer
from auterity_sdk.dealership.plain_text import Line, Name
from auterity_sdk.dealership.record import Record
from auterity_sdk.dealership.vehicle import FreeText, Vehicle

AppointmentStatus = Literal["held", "booked", "modified", "cancelled", "completed", "no_show"]
"""The states of STAR's appointment API, in lower case; `held` is a slot kept, not yet confirmed."""

AppointmentType = Literal["service", "test_drive", "delivery", "trade"]


class Appointment(Record):
    """A time that a customer and a dealer agreed on."""

    id: Name
    type: AppointmentType = "service"
    status: AppointmentStatus = "booked"
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None = None
    time_zone: Line = ""
    """The dealer's IANA zone, in which the time is told to people."""
    customer: Customer
    vehicle: Vehicle | None = None
    concern: FreeText = ""
    """What the customer says is wrong or wanted."""
    services: tuple[Line, ...] = Field(default=(), max_length=100)
    """Operation codes or names of the work."""
    advisor: Line = ""
    transport: Literal["wait", "drop_off", "loaner", "shuttle"] | None = None
    location: Line = ""

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.ends_at is not None and self.ends_at <= self.starts_at:
            raise ValueError("an appointment ends after it starts: ends_at is not after starts_at")
        return self
