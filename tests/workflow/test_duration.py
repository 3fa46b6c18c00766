"""Durations: read, written, refused."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.workflow.duration import PATTERN, Duration


@pytest.mark.parametrize(
    ("text", "milliseconds", "written"),
    [
        ("500ms", 500, "500ms"),
        ("1h30m", 5_400_000, "1h30m"),
        ("90m", 5_400_000, "1h30m"),
        ("2w", 1_209_600_000, "14d"),
        ("1d2h3m4s5ms", 93_784_005, "1d2h3m4s5ms"),
        ("0s", 0, "0s"),
    ],
)
def test_reading_and_writing(text: str, milliseconds: int, written: str) -> None:
    read = Duration.parse(text)
    assert read.milliseconds == milliseconds
    assert str(read) == written


@pytest.mark.parametrize(
    "text", ["", "5", "1x", "m", "1m1h", "1h 30m", "-1h", "1.5h", "101000d", "\uff11h", "1h\n"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration|longer"):
        Duration.parse(text)


@given(st.integers(0, 100 * 365 * 86_400_000))
def test_writing_and_reading_gives_the_same(milliseconds: int) -> None:
    duration = Duration(milliseconds)
    text = str(duration)
    assert Duration.parse(text) == duration
    assert re.match(PATTERN, text)
    assert duration.timedelta == timedelta(milliseconds=milliseconds)
