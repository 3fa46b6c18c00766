"""Durations as texts, rendering, and the helper functions' edges."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.errors import ExpressionError
from auterity_sdk.expression import functions
from auterity_sdk.expression.durations import parse_duration, show_duration
from auterity_sdk.expression.names import RESERVED_NAMES
from auterity_sdk.expression.render import render
from auterity_sdk.expression.signatures import signatures


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("2d", timedelta(days=2)),
        ("250ms", timedelta(milliseconds=250)),
        ("-5400s", timedelta(hours=-1.5)),
        ("PT1H30M", timedelta(hours=1.5)),
        ("P1DT0.5S", timedelta(days=1, milliseconds=500)),
        ("-P1W", timedelta(weeks=-1)),
    ],
)
def test_durations_are_read(text: str, expected: timedelta) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "1", "1 day", "h", "9" * 60 + "d", "P" + "9" * 40 + "D"]
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


@given(st.timedeltas(timedelta(days=-9999), timedelta(days=9999)))
def test_a_shown_duration_reads_back(value: timedelta) -> None:
    rounded = timedelta(milliseconds=value // timedelta(milliseconds=1))
    assert parse_duration(show_duration(rounded)) == rounded


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (True, "true"),
        (80, "80"),
        (80.0, "80"),
        (72.5, "72.5"),
        (1e300, "1e+300"),
        (datetime(2026, 11, 23, 8, tzinfo=UTC), "2026-11-23T08:00:00Z"),
        (timedelta(hours=1, minutes=30), "1h30m"),
        (timedelta(), "0s"),
    ],
)
def test_render(value: object, text: str) -> None:
    assert render(value) == text


@pytest.mark.parametrize("value", [None, [], {}, {"a": 1}, b"x"])
def test_what_cannot_stand_in_a_text(value: object) -> None:
    with pytest.raises(ExpressionError, match="cannot stand within a text"):
        render(value)


def test_money_and_rounding() -> None:
    assert functions.money(0.005) == "$0.01"
    assert functions.money(-0.004) == "$0.00"
    assert functions.money(1e6, "EUR") == "€1,000,000.00"
    assert functions.round_to(2.675, 2) == 2.68
    for bad in (float("nan"), float("inf"), 1e20):
        with pytest.raises(ValueError, match="range"):
            functions.money(bad)


def test_a_day_that_the_clock_changes() -> None:
    spring = datetime(2026, 3, 8, 20, tzinfo=UTC)
    start = functions.start_of_day(spring, "America/Chicago")
    assert start == datetime(2026, 3, 8, 6, tzinfo=UTC)
    assert functions.hour(spring, "America/Chicago") == 15


@pytest.mark.parametrize("zone", ["", "Mars", "../../etc/passwd", "America", "a\0b"])
def test_zones_that_are_none(zone: str) -> None:
    with pytest.raises(ValueError, match="no such time zone"):
        functions.hour(datetime(2026, 1, 1, tzinfo=UTC), zone)


def test_every_function_of_ours_has_a_type() -> None:
    typed = {name for name, targeted in signatures() if not targeted}
    assert {name for name in functions.IMPLEMENTATIONS if not name.startswith("@")} <= typed


def test_reserved_names() -> None:
    assert {"input", "run", "in", "true", "string", "optional", "outcome", "item"} <= RESERVED_NAMES
