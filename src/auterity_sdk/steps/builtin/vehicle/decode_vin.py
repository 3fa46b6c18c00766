"""The step type `vehicle.decode_vin`."""

from __future__ import annotations

from dataclasses import asdict

from auterity_sdk.dealership.vin import read_vin
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import declare


class DecodedVin(Output):
    """What a VIN itself tells; no catalogue is asked, so make and model are not among it.

    Real numbers of other markets than North America's fail the check digit.
    """

    vin: str
    """In capitals, without blanks."""
    valid_format: bool
    check_digit_ok: bool
    na_market: bool
    """Made by a maker of the USA, Canada or Mexico, where the check digit is a duty."""
    check_digit: str | None = None
    """What position 9 should be."""
    model_year: int | None = None
    maker: str | None = None
    """The world manufacturer identifier."""
    region: str | None = None
    country: str | None = None


@step(name="vehicle.decode_vin", declares=declare(passes=()))
async def decode_vin(context: StepContext, vin: str) -> DecodedVin:
    """Tell what a VIN itself says: form, check digit, model year, maker's identifier, country."""
    return DecodedVin(**asdict(read_vin(vin, current_year=context.now.year)))
