"""Positions: code points on this side, the editor's units on the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position

from auterity_cli.language_server.positions import Lines

ENCODINGS = ("utf-8", "utf-16", "utf-32")
LETTERS = st.text(st.sampled_from("ab:\r\n\u00e9e\u0301\u20ac\U0001f697\u2028\x0b\x85\ufeff"))


def width(text: str, encoding: str) -> int:
    size = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    name = encoding if encoding == "utf-8" else f"{encoding}-le"
    return len(text.encode(name)) // size


@pytest.mark.parametrize(("encoding", "character"), [("utf-8", 12), ("utf-16", 7), ("utf-32", 6)])
def test_a_column_counts_the_editors_units(encoding: str, character: int) -> None:
    lines = Lines("x\nab\U0001f697e\u0301\u20ac!", encoding)
    assert lines.position(8) == Position(1, character)
    assert lines.offset(Position(1, character)) == 8


def test_a_place_inside_of_a_character_is_its_beginning() -> None:
    assert Lines("a\U0001f697b").offset(Position(0, 2)) == 1


def test_a_place_behind_the_line_or_the_text_is_its_end() -> None:
    lines = Lines("ab\r\ncd")
    assert lines.offset(Position(0, 99)) == 2
    assert lines.offset(Position(99, 0)) == 6
    assert lines.position(99) == Position(1, 2)


def test_a_byte_order_mark_is_a_character_of_the_editors_only() -> None:
    lines = Lines("\ufeffauterity")
    assert lines.text == "auterity"
    assert lines.position(0) == Position(0, 1)
    assert lines.offset(Position(0, 0)) == 0


@given(LETTERS, st.sampled_from(ENCODINGS))
def test_every_place_comes_back(text: str, encoding: str) -> None:
    text = text.lstrip("\ufeff")
    lines = Lines(text, encoding)
    for offset in range(len(text) + 1):
        if text[max(offset - 1, 0) : offset + 1] != "\r\n":
            assert lines.offset(lines.position(offset)) == min(
                offset, lines.line_end(lines.line_of(offset))
            ) or offset > lines.line_end(lines.line_of(offset))


@given(LETTERS, st.sampled_from(ENCODINGS))
def test_a_column_is_the_width_of_what_stands_before(text: str, encoding: str) -> None:
    text = text.lstrip("\ufeff")
    lines = Lines(text, encoding)
    for offset in range(len(text) + 1):
        start = lines.starts[lines.line_of(offset)]
        assert lines.position(offset).character == width(text[start:offset], encoding)


@given(LETTERS, st.integers(0, 9), st.integers(0, 99), st.sampled_from(ENCODINGS))
def test_any_place_is_in_the_text(text: str, line: int, character: int, encoding: str) -> None:
    lines = Lines(text, encoding)
    assert 0 <= lines.offset(Position(line, character)) <= len(lines.text)
