"""What may be kept of an answer: nothing personal, and JSON stays JSON of its shape."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.ai.scrub.keeping import scrubbed

WORDS = st.sampled_from(
    ["Call 614 555 0142.", "My name is Rosa Diaz", "rosa@example.com", "VIN 1HGCM82633A004352",
     "I make $5,200 a month", "ssn 123-45-6789", "the blue Civic", "Saturday at 3", "[PHONE_NUMBER]", ""]
)  # fmt: skip
NAMES = st.sampled_from(["income", "phone", "label", "ssn", "credit_score", "price", "text"])
VALUES = st.recursive(
    WORDS | st.integers(0, 99_999) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


def shape(value: Any) -> Any:
    match value:
        case dict():
            return {key: shape(inner) for key, inner in value.items()}
        case list():
            return [shape(inner) for inner in value]
        case _:
            return type(value)


@given(data=st.dictionaries(NAMES, VALUES, max_size=4))
def test_json_stays_json_of_its_shape(data: dict[str, Any]) -> None:
    kept = scrubbed(json.dumps(data))
    assert shape(json.loads(kept)) == shape(data)
    assert scrubbed(kept) == kept
    for personal in ("555 0142", "Rosa", "example.com", "1HGCM", "123-45"):
        assert personal not in kept


@given(parts=st.lists(WORDS, max_size=4))
def test_scrubbing_twice_is_scrubbing_once(parts: list[str]) -> None:
    once = scrubbed("\n".join(parts))
    assert scrubbed(once) == once


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('{"income": 5200, "price": 21500}', {"income": 0, "price": 21500}),
        ('{"ssn": "123456789"}', {"ssn": "[SOCIAL_SECURITY_NUMBER]"}),
        ('{"credit_score": 710}', {"credit_score": 0}),
    ],
)
def test_a_field_is_known_by_its_name(text: str, kept: dict[str, Any]) -> None:
    assert json.loads(scrubbed(text)) == kept


@pytest.mark.parametrize("text", ['{"label": "buy",  "confidence": 0.9}', "[1, 2]", "{no JSON", ""])
def test_what_holds_nothing_personal_is_kept_letter_by_letter(text: str) -> None:
    assert scrubbed(text) == text
