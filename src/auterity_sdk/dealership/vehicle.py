"""A vehicle as a shopper or a dealer speaks of it: wanted, traded in, or in service."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from auterity_sdk.dealership.classification import Classified, DataClass
from auterity_sdk.dealership.money import Money
from auterity_sdk.dealership.plain_text import Name, Text
from auterity_sdk.dealership.record import Record
from auterity_sdk.dealership.vin import normalise, valid_format

Interest = Literal["buy", "lease", "sell", "trade-in", "test-drive"]
Condition = Literal["excellent", "good", "fair", "poor", "unknown"]
PriceType = Literal["quote", "offer", "msrp", "invoice", "call", "appraisal", "asking"]


def _well_formed(text: str) -> str:
    vin = normalise(text)
    if not valid_format(vin):
        raise ValueError("a VIN is 17 letters and digits without I, O and Q")
    return vin


Vin = Annotated[str, AfterValidator(_well_formed), Classified(DataClass.IDENTITY)]
"""A vehicle identification number of the right form; its check digit is not asked for (see `vin`)."""

FreeText = Annotated[Text, Classified(DataClass.FREE_TEXT)]
CreditMoney = Annotated[Money, Classified(DataClass.CREDIT)]


class Odometer(Record):
    """How far a vehicle has gone, in whole miles or kilometres."""

    value: int = Field(strict=True, ge=0, le=9_999_999)
    unit: Literal["mi", "km"] = "mi"
    status: Literal["unknown", "rolledover", "replaced", "original"] | None = None


class Finance(Record):
    """How a vehicle is to be paid, or what is still owed on it."""

    method: Literal["cash", "finance", "lease"] | None = None
    down_payment: CreditMoney | None = None
    monthly: CreditMoney | None = None
    total: CreditMoney | None = None
    payoff: CreditMoney | None = None
    """What is owed on a trade-in."""
    residual: CreditMoney | None = None


class Vehicle(Record):
    """A vehicle. What is not known is None; nothing is guessed from the VIN."""

    vin: Vin | None = None
    year: Annotated[int, Field(strict=True, ge=1886, le=2100)] | None = None
    """The model year."""
    make: Name | None = None
    model: Name | None = None
    trim: Name | None = None
    stock: Name | None = None
    """The dealer's stock number."""
    interest: Interest = "buy"
    status: Literal["new", "used"] | None = None
    condition: Condition | None = None
    odometer: Odometer | None = None
    doors: Name | None = None
    body_style: Name | None = None
    transmission: Name | None = None
    exterior_color: Name | None = None
    interior_color: Name | None = None
    price: Money | None = None
    price_type: PriceType | None = None
    price_comments: FreeText = ""
    image_url: Name | None = None
    options: tuple[Name, ...] = ()
    finance: Finance | None = None
    comments: FreeText = ""

    @property
    def is_trade(self) -> bool:
        """The shopper gives this vehicle instead of getting it."""
        return self.interest in ("trade-in", "sell")
