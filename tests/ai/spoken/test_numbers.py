from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.ai.spoken.numbers import numbers

SAID = """
21,499 | 21499
$21.499,00 | 21499
21k | 21000
9 grand | 9000
2.9% | 2.9
twenty-one thousand four hundred ninety-nine | 21499
treinta y cinco mil doscientos | 35200
mil quinientos | 1500
a dozen | 12
dos mil dieciseis | 2016
""".strip().splitlines()


@pytest.mark.parametrize("line", SAID)
def test_numbers_as_they_are_written(line: str) -> None:
    text, value = map(str.strip, line.split("|"))
    [said] = numbers(f"it is {text} or so")
    assert said.value == Decimal(value)


@pytest.mark.parametrize("text", ["RAV4", "stock 4471B", "two fifty", "the one I like", "F-150"])
def test_what_is_no_plain_number(text: str) -> None:
    assert numbers(text) == []


@given(st.integers(0, 9_999_999))
def test_every_grouped_number_is_read_at_its_place(value: int) -> None:
    text = f"about ${value:,} in all"
    [said] = numbers(text)
    assert said.value == value
    assert text[said.start : said.end] == f"{value:,}"


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    for said in numbers(text):
        assert 0 <= said.start < said.end <= len(text)
