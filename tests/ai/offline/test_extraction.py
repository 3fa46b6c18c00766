from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.ai.offline.extraction.fill import fill
from auterity_sdk.ai.offline.extraction.message import read_message
from auterity_sdk.workflow.values import misfits

NOW = "2026-11-24T10:00:00-06:00"
STRING: dict[str, Any] = {"type": "string"}
INTEGER: dict[str, Any] = {"type": "integer"}
NUMBER: dict[str, Any] = {"type": "number"}
BOOLEAN: dict[str, Any] = {"type": "boolean"}
LEAD = (
    "Hi, my name is Ana Ruiz. I have a 2016 Honda Civic EX with 88k miles, VIN 2HGFC2F59GH512345. Call me at "
    "312-555-0188 or write to ana@example.com. I owe 9 grand and can put 2k down. My budget is $350 a month."
)


def read(text: str, **properties: dict[str, Any]) -> Any:
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return fill(read_message(text, NOW), schema)


@pytest.mark.parametrize(
    ("name", "schema", "value"),
    [
        ("name", STRING, "Ana Ruiz"),
        ("first_name", STRING, "Ana"),
        ("lastName", STRING, "Ruiz"),
        ("year", INTEGER, 2016),
        ("model_year", STRING, "2016"),
        ("make", STRING, "Honda"),
        ("model", STRING, "Civic"),
        ("mileage", INTEGER, 88_000),
        ("vin", STRING, "2HGFC2F59GH512345"),
        ("phone", STRING, "+13125550188"),
        ("email", STRING, "ana@example.com"),
        ("contact", {"type": "string", "format": "email"}, "ana@example.com"),
        ("payoff", INTEGER, 9000),
        ("down_payment", NUMBER, 2000),
        ("monthly_payment", {"anyOf": [INTEGER, {"type": "null"}]}, 350),
        ("price", INTEGER, None),
        ("color", STRING, None),
        ("stock", STRING, None),
        ("horsepower", INTEGER, None),
        ("remark", STRING, None),
    ],
)
def test_a_field_is_read_by_its_name(name: str, schema: dict[str, Any], value: object) -> None:
    assert read(LEAD, **{name: schema}) == {name: value}


def test_the_appointment_of_a_message() -> None:
    text = "I get off at 5, so can I come by tomorrow at 5:45? Friday is bad."
    assert read(text, day=STRING, time=STRING) == {"day": "2026-11-25", "time": "17:45"}
    moment = {"type": "string", "format": "date-time"}
    assert read(text, starts_at=moment) == {"starts_at": "2026-11-25T17:45:00-06:00"}
    with_seconds = {"type": "string", "format": "time"}
    assert read(text, at=with_seconds) == {"at": "17:45:00"}


def test_two_days_without_a_time_are_no_day() -> None:
    assert read("Thursday or Friday", day=STRING) == {"day": None}


def test_without_the_readers_time_only_whole_days_are_read() -> None:
    schema = {"properties": {"day": STRING}, "required": ["day"]}
    assert fill(read_message("tomorrow at 3", ""), schema) == {"day": None}
    assert fill(read_message("on 2026-12-01", ""), schema) == {"day": "2026-12-01"}


def test_amounts_as_objects_of_money() -> None:
    money = {"type": "object", "properties": {"minor": INTEGER, "currency": STRING}}
    assert read("the price is $23,995 plus tax", price=money) == {
        "price": {"minor": 2_399_500, "currency": "USD"}
    }
    assert read("I can do 2k down", price=money) == {"price": None}


def test_yes_no_and_one_of_a_list() -> None:
    said = read(
        "No trade-in, paying cash, prefer a text. I want a test drive.",
        has_trade=BOOLEAN,
        test_drive=BOOLEAN,
        financing=BOOLEAN,
        contact_by={"enum": ["sms", "email", "phone"]},
        method={"enum": ["cash", "finance", "lease"]},
        channels={"type": "array", "items": {"enum": ["sms", "email"]}},
        body={"enum": ["truck", "suv"]},
    )
    assert said == {
        "has_trade": False,
        "test_drive": True,
        "financing": None,
        "contact_by": "sms",
        "method": "cash",
        "channels": ["sms"],
        "body": None,
    }
    assert read("yes please", confirmed=BOOLEAN) == {"confirmed": True}
    assert read("No", confirmed=BOOLEAN) == {"confirmed": False}


def test_nested_objects_lists_and_references() -> None:
    schema = {
        "type": "object",
        "properties": {
            "trade": {"$ref": "#/$defs/Vehicle"},
            "phones": {"type": "array", "items": STRING},
            "concern": STRING,
            "question": STRING,
            "wheels": {"type": "object", "properties": {"size": INTEGER}, "required": ["size"]},
        },
        "required": ["trade", "concern"],
        "$defs": {
            "Vehicle": {"type": "object", "properties": {"make": STRING, "odometer": INTEGER}}
        },
    }
    text = (
        "My brakes squeal. It is a Subaru Outback, 62,000 miles. 312-555-0188. Can I wait for it?"
    )
    assert fill(read_message(text, NOW), schema) == {
        "trade": {"make": "Subaru", "odometer": 62_000},
        "phones": ["+13125550188"],
        "concern": "My brakes squeal.",
        "question": "Can I wait for it?",
    }


def test_what_breaks_a_bound_was_not_meant() -> None:
    assert read("it is a 1962 Ford", year={"type": "integer", "minimum": 1980}) == {"year": None}
    assert read("ann@example.com", email={"type": "string", "pattern": "^bob"}) == {"email": None}


@given(st.text(max_size=200))
def test_nothing_is_made_up(text: str) -> None:
    """What is read stands in the text; what is not there does not meet the schema."""
    schema = {
        "type": "object",
        "properties": {"email": STRING, "year": INTEGER, "down": NUMBER, "horsepower": INTEGER},
        "required": ["email", "year", "down", "horsepower"],
    }
    found = fill(read_message(text, NOW), schema)
    assert found["email"] is None or found["email"] in text
    assert found["horsepower"] is None or "horse" in text.lower()
    if None in found.values():
        assert list(misfits(found, schema))
