"""A weekday is a day however it is spelt: what a draft states must not pass by a slip of the pen."""

from __future__ import annotations

from datetime import date

import pytest

from auterity_sdk.ai.statements.calendar_words import WEEKDAYS
from auterity_sdk.ai.statements.plain import plain
from auterity_sdk.ai.statements.reading import statements
from auterity_sdk.ai.statements.statement import Day

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("word", sorted(WEEKDAYS))
def test_each_word_for_a_weekday_states_a_day(word: str) -> None:
    [found] = statements(plain(f"See you next {word.title()}.").text, TODAY)
    days = [value.day for value in found.values if isinstance(value, Day)]
    assert [day.weekday() for day in days] == [WEEKDAYS[word]]
