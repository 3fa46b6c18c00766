"""The step type `trade.appraise`."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated

from pydantic import Field

from auterity_sdk.dealership.money import Money
from auterity_sdk.dealership.vehicle import Vehicle
from auterity_sdk.errors import StepError
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import declare

Percent = Annotated[float, Field(ge=0, le=100)]

_MILES_PER_KILOMETRE = Decimal("0.621371192")
_CONDITION = {"excellent": 100, "good": 95, "fair": 85, "poor": 70}


class Appraised(Output):
    """An estimate for a trade-in, as a range; it promises nothing."""

    low: Money
    high: Money
    equity: Money | None = None
    """What is left of the middle of the range after the loan; negative if more is owed. None: no payoff is known."""
    reasons: list[str] = Field(default_factory=list)


@step(name="trade.appraise", declares=declare(passes=()))
async def appraise(
    context: StepContext,
    vehicle: Vehicle,
    book: Money,
    reconditioning: Money | None = None,
    miles_per_year: Annotated[int, Field(ge=0)] = 12_000,
    cents_per_mile: Annotated[float, Field(ge=0)] = 8.0,
    spread: Percent = 4.0,
) -> Appraised:
    """Estimate what a trade-in is worth, from a guide's value and plain rules.

    `book` is the wholesale value for an average vehicle of its year, from whichever guide the dealer uses. It is
    corrected for more or fewer miles than usual (by a third of `book` at most) and for the condition (good 95 %,
    fair 85 %, poor 70 %, else 100 %), less `reconditioning`; the range is `spread` percent to each side.
    """
    miles = _miles_correction(vehicle, book, context.now.year, miles_per_year, cents_per_mile)
    share = Decimal(_CONDITION.get(vehicle.condition or "", 100)) / 100
    costs = Decimal(_minor(reconditioning, book.currency))
    middle = max((Decimal(book.minor) + miles) * share - costs, Decimal(0))
    margin = middle * Decimal(str(spread)) / 100
    payoff = vehicle.finance.payoff if vehicle.finance else None
    return Appraised(
        low=_money(middle - margin, book.currency),
        high=_money(middle + margin, book.currency),
        equity=_money(middle - _minor(payoff, book.currency), book.currency) if payoff else None,
        reasons=_reasons(vehicle, miles, share, costs),
    )


def _miles_correction(
    vehicle: Vehicle, book: Money, this_year: int, per_year: int, cents: float
) -> Decimal:
    if vehicle.odometer is None or vehicle.year is None:
        return Decimal(0)
    factor = _MILES_PER_KILOMETRE if vehicle.odometer.unit == "km" else Decimal(1)
    usual = Decimal(per_year * max(this_year - vehicle.year, 1))
    found = (usual - vehicle.odometer.value * factor) * Decimal(str(cents))
    bound = Decimal(book.minor) / 3
    return max(-bound, min(bound, found))


def _minor(amount: Money | None, currency: str) -> int:
    if amount is None:
        return 0
    if amount.currency != currency:
        raise StepError("the amounts are not of one currency", type="bad_input")
    return amount.minor


def _money(minor: Decimal, currency: str) -> Money:
    return Money(minor=int(minor.to_integral_value(ROUND_HALF_EVEN)), currency=currency)


def _reasons(vehicle: Vehicle, miles: Decimal, share: Decimal, costs: Decimal) -> list[str]:
    known = vehicle.odometer is not None and vehicle.year is not None
    found = {
        "fewer miles than usual": miles > 0,
        "more miles than usual": miles < 0,
        "the odometer or the year is not known": not known,
        f"condition {vehicle.condition}": share < 1,
        "the condition is not known": vehicle.condition in (None, "unknown"),
        "reconditioning": costs > 0,
    }
    return [words for words, holds in found.items() if holds]
