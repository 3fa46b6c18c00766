"""Values from outside against declared types."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.values import Declared, schema_problem


class Car(BaseModel):
    vin: str
    doors: int | None = None


CATALOG = Registry().extended(types=[Car])
DECLARED: dict[str, Any] = {
    "car": "Car",
    "cars": {"type": "array", "items": "Car", "default": []},
    "least": {"type": "number", "default": 50, "minimum": 0},
    "note": {"type": "string", "default": None},
    "kind": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
}


def problems(**given: Any) -> list[tuple[tuple[str | int, ...], str]]:
    found = Declared.of(DECLARED).accept(given, CATALOG).problems
    return [(problem.place, problem.message) for problem in found]


def test_defaults_complete_what_is_given() -> None:
    accepted = Declared.of(DECLARED).accept({"car": {"vin": "x"}}, CATALOG)
    assert accepted.problems == ()
    assert accepted.values == {"car": {"vin": "x"}, "cars": [], "least": 50}


@pytest.mark.parametrize(
    ("given", "place", "message"),
    [
        ({}, ("car",), "is missing"),
        ({"car": "x"}, ("car",), "Input should be a valid dictionary or instance of Car"),
        ({"car": {}}, ("car", "vin"), "Field required"),
        ({"car": {"vin": "x"}, "kind": True}, ("kind",), "must be integer or null"),
        ({"car": {"vin": "x"}, "kind": {"a": 1}}, ("kind",), "must be integer or null"),
        ({"car": {"vin": "x"}, "cars": [{"vin": 5}]}, ("cars", 0, "vin"), "Input should be a valid string"),
        ({"car": {"vin": "x"}, "least": -1}, ("least",), "must keep minimum 0"),
        ({"car": {"vin": "x"}, "leest": 1}, ("leest",), "is no input of the workflow; a similar one exists: `least`"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_at_its_place(given: Any, place: Any, message: str) -> None:
    assert (place, message) in problems(**given)


def test_a_registered_type_is_read_by_its_model() -> None:
    accepted = Declared.of(DECLARED).accept(
        {"car": {"vin": "x", "doors": "4"}, "cars": [{"vin": "y", "doors": None}]},
        CATALOG,
    )
    assert accepted.values["car"] == {"vin": "x", "doors": 4}
    assert accepted.values["cars"] == [{"vin": "y"}]


PLAIN = {"name": "string", "doors": "integer", "price": "number", "sold": "boolean"}
ANY = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text())


@given(st.dictionaries(st.sampled_from((*PLAIN, "other")), ANY))
def test_what_surely_fits_is_what_fits(given: dict[str, Any]) -> None:
    """Plain values are taken without a look at a schema: as one that is written out would take them."""
    accepted = Declared.of(PLAIN).accept(given, CATALOG)
    written = {name: {"type": each} for name, each in PLAIN.items()}
    asked = Declared.of(written).accept(given, CATALOG)
    assert list(accepted.values.items()) == list(asked.values.items())
    assert [each.place for each in accepted.problems] == [each.place for each in asked.problems]


def test_no_value_is_quoted() -> None:
    found = problems(car={"vin": 1, "doors": "4 doors of Ada Lovelace"}, least="Ada")
    assert found
    assert not any("Ada" in message for _, message in found)


@pytest.mark.parametrize(
    ("schema", "wrong"),
    [({"type": "number"}, False), ({"type": "nmber"}, True), ({"minimum": "a"}, True)],
)
def test_a_schema_is_judged_itself(schema: Any, wrong: bool) -> None:
    assert (schema_problem(schema) is not None) is wrong
