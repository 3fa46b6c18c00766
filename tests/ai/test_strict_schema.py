"""A strict schema asks for the same values; nulls that it needs are gone from what is given on."""

import json
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, Field

from auterity_sdk.ai.openai.strict_schema import strict_schema, without_added_nulls


class Money(BaseModel):
    """An amount."""

    amount: float = Field(ge=0)
    currency: Literal["USD", "CAD"] = "USD"


class Car(BaseModel):
    kind: Literal["car"]
    vin: str = Field(min_length=17, max_length=17, description="As on the title")
    doors: int | None = None


class Boat(BaseModel):
    kind: Literal["boat"]
    length: float = 1.0


class Offer(BaseModel):
    vehicle: Annotated[Car | Boat, Field(discriminator="kind")]
    price: Money = Field(description="Out of the door")
    was: Money | None = None
    deposit: Money = Money(amount=0)
    notes: list[str] = []
    before: "Offer | None" = None


def walk(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for each in node for found in walk(each)]
    if not isinstance(node, dict):
        return []
    return [node, *(found for each in node.values() for found in walk(each))]


def test_a_pydantic_schema_is_as_the_api_wants_it() -> None:
    strict = strict_schema(Offer.model_json_schema()["$defs"]["Car"])
    assert strict == {
        "type": "object",
        "title": "Car",
        "properties": {
            "kind": {"type": "string", "const": "car", "title": "Kind"},
            "vin": {"type": "string", "title": "Vin", "description": "As on the title"},
            "doors": {"anyOf": [{"type": "integer"}, {"type": "null"}], "title": "Doors"},
        },
        "required": ["kind", "vin", "doors"],
        "additionalProperties": False,
    }


MONEY = {"type": "object", "properties": {"amount": {"type": "number"}}, "required": ["amount"]}
NESTED = {
    "type": "object",
    "$defs": {
        "Money": MONEY,
        "Offer": {
            "type": "object",
            "properties": {
                "price": {"$ref": "#/$defs/Money", "description": "Out of the door"},
                "deposit": {"$ref": "#/$defs/Money"},
                "before": {"$ref": "#/$defs/Offer"},
            },
            "required": ["price"],
        },
    },
    "properties": {"offers": {"type": "array", "items": {"$ref": "#/$defs/Offer"}}},
    "required": ["offers"],
}


def test_every_object_within_is_closed_and_nothing_stands_beside_a_reference() -> None:
    strict = strict_schema(NESTED)
    for node in walk(strict):
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])
        if "$ref" in node:
            assert len(node) == 1
    Draft202012Validator.check_schema(strict or {})


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        {"type": "object"},
        {"type": "object", "properties": {"a": {}}},
        {"type": "object", "additionalProperties": {"type": "string"}},
        {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": True},
        {"type": "object", "properties": {"a": {"type": "array"}}},
        {"type": "object", "properties": {"a": {"not": {"type": "string"}}}},
        {"type": "object", "properties": {"a": {"allOf": [MONEY, MONEY]}}},
        {"type": "object", "properties": {"a": {"$ref": "#/$defs/X", "minimum": 1}}},
        {"type": "object", "properties": {"a": True}},
        {"type": "object", "properties": {"a": {"type": "string"}}, "patternProperties": {}},
    ],
)
def test_what_a_strict_schema_cannot_say_is_left_as_it_is(schema: dict[str, Any]) -> None:
    assert strict_schema(schema) is None


def test_only_added_nulls_are_taken_out() -> None:
    given_back = {
        "vehicle": {"kind": "boat", "length": None},
        "price": {"amount": 21499.0, "currency": None},
        "was": None,
        "deposit": None,
        "notes": None,
        "before": {"vehicle": {"kind": "car", "vin": "x", "doors": None}, "price": None},
    }
    cleaned = without_added_nulls(json.dumps(given_back), Offer.model_json_schema())
    assert json.loads(cleaned) == {
        "vehicle": {"kind": "boat"},
        "price": {"amount": 21499.0},
        "was": None,
        "before": {"vehicle": {"kind": "car", "vin": "x", "doors": None}, "price": None},
    }


@pytest.mark.parametrize("text", ["", "no JSON", '{"was": nul', "[" * 100_000])
def test_what_is_no_json_stays_as_it_is(text: str) -> None:
    assert without_added_nulls(text, Offer.model_json_schema()) == text


def test_a_reference_to_itself_ends() -> None:
    schema = {
        "type": "object",
        "$defs": {"A": {"$ref": "#/$defs/A"}},
        "properties": {"a": {"$ref": "#/$defs/A"}},
    }
    assert without_added_nulls('{"a": {"b": null}}', schema) == '{"a": {"b": null}}'


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Schemas of objects whose properties may be missing."""

    def made(properties: dict[str, Any], required: set[str]) -> dict[str, Any]:
        kept = sorted(required & properties.keys())
        return {"type": "object", "properties": properties, "required": kept}

    names = st.sampled_from("abcd")
    return st.builds(made, st.dictionaries(names, inner, max_size=4), st.sets(names))


LEAVES = st.sampled_from(
    [
        {"type": "string", "minLength": 1},
        {"type": "integer", "default": 3},
        {"type": ["number", "null"]},
        {"enum": ["x", None]},
        {"const": 5},
        {"anyOf": [{"type": "string"}, {"type": "null"}]},
    ]
)
SCHEMAS = objects(
    st.recursive(
        LEAVES,
        lambda inner: (
            objects(inner) | st.builds(lambda items: {"type": "array", "items": items}, inner)
        ),
        max_leaves=6,
    )
)


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that meet a schema."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "const" in schema:
        return st.just(schema["const"])
    if "anyOf" in schema:
        return st.one_of(*map(values, schema["anyOf"]))
    match schema["type"]:
        case "string":
            return st.text(min_size=1, max_size=3)
        case "integer":
            return st.integers(0, 9)
        case "null":
            return st.none()
        case ["number", "null"]:
            return st.none() | st.floats(0, 9)
        case "array":
            return st.lists(values(schema["items"]), max_size=3)
        case _:
            parts = {name: values(each) for name, each in schema["properties"].items()}
            required = {name: part for name, part in parts.items() if name in schema["required"]}
            optional = {name: part for name, part in parts.items() if name not in required}
            return st.fixed_dictionaries(required, optional=optional)


def completed(value: Any, schema: dict[str, Any]) -> Any:
    """As a model answers to the strict schema: what is missing is null."""
    if isinstance(value, list):
        return [completed(each, schema["items"]) for each in value]
    if not isinstance(value, dict):
        return value
    properties = schema["properties"]
    return {
        name: completed(value[name], each) if name in value else None
        for name, each in properties.items()
    }


@given(st.data(), SCHEMAS)
def test_a_value_goes_through_the_strict_schema_and_comes_back(
    data: st.DataObject, schema: dict[str, Any]
) -> None:
    value = data.draw(values(schema))
    strict = strict_schema(schema)
    assert strict is not None
    answered = completed(value, schema)
    Draft202012Validator(strict).validate(answered)
    back = json.loads(without_added_nulls(json.dumps(answered), schema))
    Draft202012Validator(schema).validate(back)
    # A null that the schema itself knows cannot be told from a missing value.
    assert completed(back, schema) == completed(value, schema)
