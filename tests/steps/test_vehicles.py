from typing import Any

import pytest

from auterity_sdk.dealership.money import Money
from auterity_sdk.dealership.vehicle import Vehicle
from auterity_sdk.errors import StepError
from auterity_sdk.steps.builtin import trade, vehicle
from auterity_sdk.steps.context import StepContext


async def test_a_vin_tells_its_year_and_maker(context: StepContext) -> None:
    found = await vehicle.decode_vin.function(context, "5fnyf5h59-hb011946")
    assert (found.vin, found.model_year, found.maker) == ("5FNYF5H59HB011946", 2017, "5FN")
    assert (found.valid_format, found.check_digit_ok, found.na_market) == (True, True, True)


async def test_what_is_no_vin_is_told_and_no_failure(context: StepContext) -> None:
    found = await vehicle.decode_vin.function(context, "hello")
    assert (found.valid_format, found.check_digit_ok, found.model_year) == (False, False, None)


def usd(dollars: int) -> Money:
    return Money(minor=dollars * 100, currency="USD")


def car(**more: Any) -> Vehicle:
    return Vehicle.model_validate({"interest": "trade-in", **more})


async def test_an_average_car_is_worth_the_guides_value(context: StepContext) -> None:
    usual = car(year=2021, odometer={"value": 60_000}, condition="excellent")
    found = await trade.appraise.function(context, usual, usd(20_000), spread=5)
    assert (found.low, found.high, found.equity) == (usd(19_000), usd(21_000), None)
    assert found.reasons == []


@pytest.mark.parametrize(
    ("more", "middle", "reason"),
    [
        ({"odometer": {"value": 70_000}}, 19_200, "more miles than usual"),
        ({"odometer": {"value": 50_000}}, 20_800, "fewer miles than usual"),
        ({"odometer": {"value": 999_999}}, 13_333, "more miles than usual"),
        ({"condition": "poor"}, 14_000, "condition poor"),
        ({"odometer": None}, 20_000, "the odometer or the year is not known"),
        ({"condition": None}, 20_000, "the condition is not known"),
    ],
)
async def test_miles_and_condition_count(
    context: StepContext, more: dict[str, Any], middle: int, reason: str
) -> None:
    usual = {"year": 2021, "odometer": {"value": 60_000}, "condition": "excellent"}
    found = await trade.appraise.function(context, car(**{**usual, **more}), usd(20_000), spread=0)
    assert found.low == found.high
    assert found.low.minor // 100 == middle
    assert found.reasons == [reason]


async def test_kilometres_are_not_miles(context: StepContext) -> None:
    far = car(year=2021, odometer={"value": 96_561, "unit": "km"}, condition="excellent")
    found = await trade.appraise.function(context, far, usd(20_000), spread=0)
    assert abs(found.low.minor - 2_000_000) < 100


async def test_what_is_owed_may_be_more_than_the_car(context: StepContext) -> None:
    owed = car(finance={"payoff": {"amount": "8412.55", "currency": "USD"}}, condition="excellent")
    found = await trade.appraise.function(context, owed, usd(8_000), usd(500), spread=0)
    assert found.equity == Money(minor=750_000 - 841_255, currency="USD")
    assert "reconditioning" in found.reasons


async def test_a_car_is_never_worth_less_than_nothing(context: StepContext) -> None:
    found = await trade.appraise.function(context, car(), usd(100), usd(500))
    assert (found.low, found.high) == (usd(0), usd(0))


async def test_two_currencies_are_bad_input(context: StepContext) -> None:
    with pytest.raises(StepError) as raised:
        await trade.appraise.function(context, car(), usd(100), Money(minor=1, currency="CAD"))
    assert raised.value.type == "bad_input"
