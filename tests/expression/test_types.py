"""Types: what fits where, how they read, and where they come from."""

from datetime import datetime, timedelta
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from auterity_sdk.expression import types as t
from auterity_sdk.expression.fitting import assignable, mismatch
from auterity_sdk.expression.schema import from_json_schema, from_model
from auterity_sdk.expression.types import describe, one_of


class Channel(Enum):
    SMS = "sms"
    EMAIL = "email"


class Node(BaseModel):
    name: str
    children: list["Node"] = []
    parent: "Node | None" = None


class Sample(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    count: int = 3
    score: float | None = None
    flag: bool
    at: datetime
    wait: timedelta
    channel: Channel
    kind: Literal["a", "b"]
    other: Literal["x", 1]
    tags: list[str]
    scores: dict[str, float]
    anything: Any = None
    tree: Node
    either: int | str
    numbers: Annotated[list[int | None], Field(description="numbers, or not")]


def described(type: t.Type) -> dict[str, str]:
    assert isinstance(type, t.ObjectType)
    marks = {(True, False): "", (False, False): "?", (True, True): "|", (False, True): "?|"}
    return {
        name: describe(field.type) + marks[field.required, field.nullable]
        for name, field in type.fields.items()
    }


def test_from_model() -> None:
    found = from_model(Sample)
    assert isinstance(found, t.ObjectType)
    assert (found.name, found.strict, found.open) == ("Sample", True, False)
    assert described(found) == {
        "text": "string",
        "count": "int",
        "score": "number|",
        "flag": "bool",
        "at": "timestamp",
        "wait": "duration",
        "channel": '"sms" or "email"',
        "kind": '"a" or "b"',
        "other": 'int or "x"',
        "tags": "list of string",
        "scores": "map of number",
        "anything": "any",
        "tree": "object Node",
        "either": "int or string",
        "numbers": "list of int or null",
    }
    assert found.fields["numbers"].description == "numbers, or not"


def test_a_field_with_a_default_may_be_left_out_of_what_is_given() -> None:
    given_ = described(from_model(Sample, mode="validation"))
    assert given_["count"] == "int?"
    assert given_["score"] == "number?|"


def test_recursion_ends() -> None:
    node = from_model(Node)
    assert isinstance(node, t.ObjectType)
    children = node.fields["children"].type
    assert isinstance(children, t.ListType)
    assert children.item is node
    assert node.fields["parent"] == t.Field(node, required=True, nullable=True)
    assert assignable(node, from_model(Node))


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (True, "any"),
        ({}, "any"),
        ({"type": "number", "minimum": 0}, "number"),
        ({"type": ["string", "null"]}, "string or null"),
        ({"type": "string", "format": "date-time"}, "timestamp"),
        ({"type": "string", "format": "date"}, "string"),
        ({"const": "x"}, '"x"'),
        ({"enum": ["a", "b", None]}, 'null or "a" or "b"'),
        ({"type": "array"}, "list"),
        ({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "number"}]}, "list of number"),
        ({"type": "object"}, "map"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "map of int"),
        ({"type": "object", "properties": {}}, "object"),
        ({"allOf": [{"$ref": "#/$defs/A"}], "description": "d"}, "object A"),
        ({"$ref": "#/$defs/Nowhere"}, "any"),
        ({"$ref": "#/$defs/Loop"}, "any"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, "number"),
        ({"properties": 3, "required": 3, "$defs": 3}, "object"),
    ],
)  # fmt: skip
def test_from_json_schema(schema: Any, expected: str) -> None:
    defs = {
        "A": {"type": "object", "title": "A", "properties": {"x": {"type": "string"}}},
        "Loop": {"$ref": "#/$defs/Loop"},
    }
    assert describe(from_json_schema(schema, defs)) == expected


def test_all_of_objects_is_all_their_fields() -> None:
    found = from_json_schema(
        {
            "allOf": [
                {"properties": {"a": {"type": "string"}}},
                {"properties": {"b": {"type": "integer"}}},
            ],
            "properties": {"c": {"type": "boolean"}},
        }
    )
    assert set(described(found)) == {"a", "b", "c"}


def test_a_deep_schema_is_any_at_the_bottom() -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(5_000):
        schema = {"type": "array", "items": schema}
    assert describe(from_json_schema(schema)).startswith("list of list")


A = t.ObjectType("A", {"x": t.Field(t.STRING), "n": t.Field(t.INT, required=False)})
B = t.ObjectType("B", {"x": t.Field(t.STRING)}, strict=True)
C = t.ObjectType("C", {"x": t.Field(t.NUMBER)})
CHANNELS = t.Literals(("sms", "email"))


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        (t.INT, t.NUMBER, None),
        (t.ANY, A, None),
        (A, t.ANY, None),
        (t.STRING, CHANNELS, None),
        (CHANNELS, t.STRING, None),
        (t.ListType(t.NEVER), t.ListType(t.INT), None),
        (t.OneOf((t.STRING, t.NULL)), t.STRING, None),
        (t.STRING, t.OneOf((t.STRING, t.NULL)), None),
        (t.MapType(t.ANY), A, None),
        (t.OneOf((t.INT, t.STRING)), t.STRING, None),
        (A, t.STRING, "takes string, got object A"),
        (t.NUMBER, t.INT, "takes int, got number"),
        (t.INT, t.OneOf((t.STRING, t.NULL)), "takes string, got int"),
        (t.ListType(t.INT), t.ListType(t.STRING), "takes list of string, got list of int"),
        (t.Literals(("fax",)), CHANNELS, 'takes "sms" or "email", got "fax"'),
        (A, C, "takes object C, got object A, whose `x` is string, not number"),
        (C, t.ObjectType("D", {"y": t.Field(t.INT)}), "takes object D, got object C, which has no `y`"),
        (A, B, "takes object B, got object A, whose `n` it does not know"),
        (A, t.MapType(t.STRING), "takes map of string, got object A, whose `n` is int"),
        (t.TIMESTAMP, t.STRING, "takes string, got timestamp"),
    ],
)  # fmt: skip
def test_mismatch(source: t.Type, target: t.Type, reason: str | None) -> None:
    assert mismatch(source, target) == reason
    assert assignable(source, target) is (reason is None)


TYPES = st.recursive(
    st.sampled_from(
        [t.NULL, t.BOOL, t.INT, t.NUMBER, t.STRING, t.TIMESTAMP, CHANNELS, A, B, t.ANY]
    ),
    lambda inner: st.builds(t.ListType, inner) | st.builds(t.MapType, inner),
    max_leaves=4,
)


@given(TYPES)
def test_a_type_fits_itself(one: t.Type) -> None:
    assert assignable(one, one)


@given(st.lists(TYPES, min_size=1, max_size=4))
def test_one_of_holds_each_and_is_flat(some: list[t.Type]) -> None:
    joined = one_of(some)
    assert one_of([joined, *some]) == joined
    for each in some:
        assert each == t.NULL or assignable(each, joined)
