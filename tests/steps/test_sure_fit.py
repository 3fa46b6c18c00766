"""What fits surely by the quick look fits by JSON Schema too."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.ai import prompts
from auterity_sdk.steps.sure_fit import object_fits_surely
from auterity_sdk.workflow.values import misfits

LABELS = {"price": "", "trade": ""}
SCHEMAS: list[Any] = [
    getattr(prompts.classify("x", LABELS).shape, "schema", None),
    getattr(prompts.draft("x", {}, language="en", longest=0).shape, "schema", None),
    {
        "type": "object",
        "properties": {"text": {"type": "string", "minLength": 3}, "n": {"type": "integer"}},
        "required": ["text"],
        "additionalProperties": False,
    },
]
VALUES = (
    st.text(max_size=4)
    | st.sampled_from(["price", "trade"])
    | st.floats(allow_nan=False)
    | st.integers(-3, 3)
    | st.booleans()
    | st.none()
)
OBJECTS = st.dictionaries(st.sampled_from(["label", "confidence", "text", "n", "more"]), VALUES)


@given(schema=st.sampled_from(SCHEMAS), value=OBJECTS)
def test_an_object_that_fits_surely_fits(schema: Any, value: dict[str, Any]) -> None:
    if object_fits_surely(schema, value):
        assert [*misfits(value, schema)] == []


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (SCHEMAS[0], {"label": "price", "confidence": 0.9}),
        (SCHEMAS[1], {"text": "Thank you."}),
        (SCHEMAS[2], {"text": "yes"}),
    ],
)
def test_the_usual_answers_do(schema: Any, value: dict[str, Any]) -> None:
    assert object_fits_surely(schema, value)
    assert not object_fits_surely(schema, {**value, "more": 1})
    assert not object_fits_surely(schema, {})
    assert not object_fits_surely({**schema, "minProperties": 1}, value)
