"""The text of one field, read while its JSON comes in pieces of any length."""

from __future__ import annotations

import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.ai.language_model import ANEW
from auterity_sdk.ai.streamed_field import StreamedField


def heard(pieces: list[str], name: str = "text") -> list[str]:
    found: list[str] = []
    field = StreamedField(name, found.append)
    for piece in pieces:
        field(piece)
    field.look()
    return found


@given(
    said=st.text(max_size=60),
    before=st.dictionaries(st.sampled_from(["a", "texts"]), st.text(max_size=5)),
    ascii_only=st.booleans(),
    data=st.data(),
)
def test_however_the_json_is_split_the_text_grows_to_what_it_says(
    said: str, before: dict[str, str], ascii_only: bool, data: st.DataObject
) -> None:
    whole = json.dumps({**before, "text": said}, ensure_ascii=ascii_only)
    pieces = []
    while whole:
        size = data.draw(st.integers(1, 9))
        pieces.append(whole[:size])
        whole = whole[size:]
    found = heard(pieces)
    assert (found[-1] if found else "") == said
    for one, other in pairwise(found):
        assert other.startswith(one)
        assert len(other) > len(one)


def test_what_is_no_json_object_is_not_told() -> None:
    assert heard(["I'd rath", "er not."]) == []
    assert heard(['["text"]']) == []
    assert heard(['{"text": {"text": "inner"}}']) == []
    assert heard(['{"other": "text"}']) == []


def test_without_a_name_the_answer_is_told_as_it_is() -> None:
    assert heard(['{"te', "xt", ANEW, "Hi"], name="") == ['{"te', '{"text', "", "Hi"]


def test_an_answer_that_begins_again_makes_the_text_void() -> None:
    assert heard(['{"text": "Hi', ANEW, '{"text": "Hello"}']) == ["Hi", "", "Hello"]
    assert heard(['{"te', ANEW, '{"text": "Hello"}']) == ["Hello"]


def test_a_long_answer_is_not_read_again_for_each_of_its_pieces() -> None:
    long = json.dumps({"text": "word " * 20_000})
    looks: list[str] = []
    field = StreamedField("text", looks.append)
    for start in range(0, len(long), 4):
        field(long[start : start + 4])
    field.look()
    assert looks[-1] == "word " * 20_000
    assert len(looks) < 1_000
