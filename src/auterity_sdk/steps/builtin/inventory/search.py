"""The step type `inventory.search`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from auterity_sdk.connections.inventory import Inventory
from auterity_sdk.dealership.in_stock import InStock, Wanted, by_price
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import declare


class FoundInStock(Output):
    """Vehicles in stock that fit, the lowest price first."""

    vehicles: list[InStock] = []  # noqa: RUF012 - Pydantic copies it; a factory would not be in the schema
    total: int = 0
    """How many fit; `vehicles` are the first of them."""
    unread: int = 0
    """Rows of the stock that are no vehicles, and were not looked at."""


@step(name="inventory.search", idempotent=True, declares=declare(passes=()))
async def search(
    context: StepContext,
    make: str = "",
    model: str = "",
    color: str = "",
    status: Literal["new", "used", ""] = "",
    least_year: Annotated[int, Field(ge=0)] = 0,
    most_price: Annotated[int, Field(ge=0)] = 0,
    most_miles: Annotated[int, Field(ge=0)] = 0,
    words: str = "",
    most: Annotated[int, Field(ge=1, le=50)] = 5,
    connection: str | None = None,
) -> FoundInStock:
    """Look for vehicles in the dealer's stock.

    What is empty or 0 is not asked for. `model` may be one with its trim, `words` have to stand anywhere (`heated seats`);
    `most_price` is in whole US dollars. The stock is that of `[connections.inventory]`.
    """
    wanted = Wanted(
        words=words,
        make=make,
        model=model,
        color=color,
        status=status,
        least_year=least_year or None,
        most_price=most_price or None,
        most_miles=most_miles or None,
    )
    stock = await context.connections.get(Inventory, connection).stock()
    found = sorted((vehicle for vehicle in stock.vehicles if wanted.fits(vehicle)), key=by_price)
    return FoundInStock(vehicles=found[:most], total=len(found), unread=len(stock.unread))
