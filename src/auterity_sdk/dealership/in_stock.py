"""A vehicle that a dealer has in stock, and what somebody looks for among them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from auterity_sdk.dealership.folding import fold
from auterity_sdk.dealership.money import Money
from auterity_sdk.dealership.plain_text import Name, Text
from auterity_sdk.dealership.record import Record

Year = Annotated[int, Field(strict=True, ge=1886, le=2100)]


class InStock(Record):
    """A vehicle in stock, as the dealer's feed has it. What the feed does not say is left out."""

    stock: Name
    """The dealer's stock number."""
    status: Literal["new", "used"] | None = None
    year: Year | None = None
    make: Name
    model: Name
    trim: Text = ""
    color: Text = ""
    body: Text = ""
    miles: int | None = Field(default=None, ge=0, le=9_999_999)
    price: Money | None = None
    """The asking price."""
    features: Text = ""


class Wanted(Record):
    """What is looked for; what is empty or None is not asked for. `most_price` is in whole dollars."""

    words: str = ""
    """Words that all stand somewhere: in make, model, trim, color, body or features."""
    make: str = ""
    model: str = ""
    color: str = ""
    status: Literal["new", "used", ""] = ""
    least_year: int | None = None
    most_price: int | None = None
    most_miles: int | None = None

    def fits(self, vehicle: InStock) -> bool:
        """Whether a vehicle is one of these. One whose price or mileage is not known is not under a bound of it."""
        return (
            _holds(vehicle.make, self.make)
            and _holds(f"{vehicle.model} {vehicle.trim}", self.model)
            and _holds(vehicle.color, self.color)
            and _holds(_all(vehicle), self.words)
            and self.status in ("", vehicle.status)
            and (self.least_year is None or (vehicle.year or 0) >= self.least_year)
            and _is_under(_dollars(vehicle), self.most_price)
            and _is_under(vehicle.miles, self.most_miles)
        )


def by_price(vehicle: InStock) -> tuple[Decimal, str]:
    """For an order: the lower price first, and those without one last."""
    price = _dollars(vehicle)
    return (Decimal("Infinity") if price is None else price), vehicle.stock


def _dollars(vehicle: InStock) -> Decimal | None:
    price = vehicle.price
    return None if price is None or price.currency != "USD" else Decimal(price.decimal_text)


def _is_under(value: Decimal | int | None, most: int | None) -> bool:
    return most is None or (value is not None and value <= most)


def _all(vehicle: InStock) -> str:
    parts = (vehicle.make, vehicle.model, vehicle.trim, vehicle.color, vehicle.body)
    return " ".join((*parts, vehicle.features))


def _holds(text: str, wanted: str) -> bool:
    """Whether each word that is wanted begins one of the text, or all together do: `cr v` in `Honda CR-V`."""
    there, looked_for = _words(text), _words(wanted)
    together = "".join(looked_for)
    if any("".join(there[at:]).startswith(together) for at in range(len(there) + 1)):
        return True
    return all(any(word.startswith(each) for word in there) for each in looked_for)


def _words(text: str) -> list[str]:
    spelled = (part.replace("-", "") for part in fold(text).split())
    return [cleaned for part in spelled if (cleaned := "".join(filter(str.isalnum, part)))]
