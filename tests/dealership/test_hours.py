"""Quiet hours: open only where it is open everywhere the person may be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auterity_sdk.dealership.holidays import is_us_holiday
from auterity_sdk.dealership.hours import allowed_at
from auterity_sdk.dealership.phone import time_zones
from auterity_sdk.dealership.quiet_hours import QUIET_HOURS
from auterity_sdk.errors import UsageError

EAST = "America/New_York"


def at(text: str, zone: str = EAST) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("when", "zone", "state", "is_open"),
    [
        ("2026-11-23T07:59", EAST, None, False),
        ("2026-11-23T08:00", EAST, None, True),
        ("2026-11-23T20:59", EAST, None, True),
        ("2026-11-23T21:00", EAST, None, False),
        ("2026-11-23T20:30", EAST, "FL", False),
        ("2026-11-23T20:30", EAST, "OH", True),
        ("2026-11-23T09:30", EAST, "KY", False),
        ("2026-11-22T11:30", "America/Chicago", "TX", False),  # a Sunday
        ("2026-11-22T12:00", "America/Chicago", "TX", True),
        ("2026-11-23T09:00", "America/Chicago", "TX", True),
        ("2026-11-22T12:00", "America/Chicago", "MS", False),
        ("2026-11-26T12:00", "America/Chicago", "LA", False),  # Thanksgiving
        ("2026-10-11T12:00", EAST, "PA", True),  # the Sunday before the ban
        ("2026-10-18T12:00", EAST, "PA", False),
        ("2026-11-23T18:30", EAST, "RI", False),
        ("2026-11-23T12:00", EAST, "ri", True),
    ],
)
def test_hours(when: str, zone: str, state: str | None, is_open: bool) -> None:
    assert allowed_at(at(when, zone), [zone], state).open is is_open


@pytest.mark.parametrize(
    "zones", [[], ["Etc/Unknown"], ["Mars/Olympus"], ["../../etc/passwd"], [""]]
)
def test_an_unknown_zone_is_noon_to_eight_eastern(zones: list[str]) -> None:
    assert not allowed_at(at("2026-11-23T11:59"), zones, None).open
    assert allowed_at(at("2026-11-23T12:00"), zones, None).open
    assert not allowed_at(at("2026-11-23T20:00"), zones, None).open
    assert allowed_at(at("2026-11-23T20:00"), zones, None).next_open == at("2026-11-24T12:00")


def test_two_zones_are_open_only_together() -> None:
    both = ["America/Boise", "America/Los_Angeles"]
    early = allowed_at(at("2026-11-23T08:30", "America/Boise"), both, None)
    assert not early.open
    assert early.next_open == at("2026-11-23T08:00", "America/Los_Angeles")
    assert "America/Los_Angeles" in early.why


def test_a_toll_free_number_opens_when_all_of_its_zones_do() -> None:
    decision = allowed_at(at("2026-11-23T08:30"), time_zones("+18005550188"), None)
    assert not decision.open
    assert decision.next_open is not None
    assert decision.next_open.astimezone(ZoneInfo("Pacific/Honolulu")).hour >= 8


def test_hours_that_never_meet_have_no_next_opening() -> None:
    assert allowed_at(at("2026-11-23T12:00"), [EAST, "Asia/Shanghai"], "KY").next_open is None


@pytest.mark.parametrize(
    ("closed_at", "opens_at"),
    [
        (
            "2026-03-07T23:00:00-05:00",
            "2026-03-08T08:00:00-04:00",
        ),  # the clock goes forward in the night
        ("2026-10-31T23:00:00-04:00", "2026-11-01T08:00:00-05:00"),  # and back
    ],
)
def test_a_night_with_a_change_of_clocks(closed_at: str, opens_at: str) -> None:
    decision = allowed_at(datetime.fromisoformat(closed_at), [EAST], None)
    assert decision.next_open == datetime.fromisoformat(opens_at)


def test_an_open_gate_opens_now_and_says_why() -> None:
    now = at("2026-11-23T12:00")
    decision = allowed_at(now, [EAST], "FL")
    assert decision.next_open == now
    assert "47 CFR 64.1200(c)(1)" in decision.why
    assert "501.616" in decision.why


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(UsageError):
        allowed_at(datetime(2026, 11, 23, 12), [EAST], None)  # noqa: DTZ001  # what is refused


ZONES = [
    EAST,
    "America/Chicago",
    "America/Boise",
    "America/Los_Angeles",
    "Pacific/Honolulu",
    "America/Phoenix",
]
instants = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
zone_sets = st.sets(
    st.sampled_from([*ZONES, "Etc/Unknown", "Asia/Kolkata"]), min_size=1, max_size=4
)
states = st.none() | st.sampled_from(sorted(QUIET_HOURS)) | st.just("ZZ")


@given(instants, zone_sets, zone_sets, states)
@settings(max_examples=200, deadline=None)
def test_adding_zones_never_opens(
    instant: datetime, zones: set[str], more: set[str], state: str | None
) -> None:
    if allowed_at(instant, zones | more, state).open:
        assert allowed_at(instant, zones, state).open


@given(instants, zone_sets, states)
@settings(max_examples=200, deadline=None)
def test_a_state_never_opens_what_federal_law_closes(
    instant: datetime, zones: set[str], state: str | None
) -> None:
    if allowed_at(instant, zones, state).open:
        assert allowed_at(instant, zones, None).open


@given(instants, st.sets(st.sampled_from(ZONES), min_size=1, max_size=3), states)
@settings(max_examples=100, deadline=None)
def test_the_next_opening_is_open_and_the_first(
    instant: datetime, zones: set[str], state: str | None
) -> None:
    opening = allowed_at(instant, zones, state).next_open
    assert opening is not None
    assert opening >= instant
    assert allowed_at(opening, zones, state).open
    step = instant
    while step < opening:
        assert not allowed_at(step, zones, state).open
        step += timedelta(hours=1)


def test_holidays_of_2026() -> None:
    days = [
        datetime(2026, 1, 1, tzinfo=UTC).date() + timedelta(days=n)
        for n in range(365)
        if is_us_holiday(datetime(2026, 1, 1, tzinfo=UTC).date() + timedelta(days=n))
    ]
    # Independence Day is a Saturday, so the Friday before it counts too.
    assert [f"{d:%m-%d}" for d in days] == (
        [
            "01-01",
            "01-19",
            "02-16",
            "05-25",
            "06-19",
            "07-03",
            "07-04",
            "09-07",
            "10-12",
            "11-11",
            "11-26",
            "12-25",
        ]
    )


def test_every_rule_has_a_week_a_source_and_a_date() -> None:
    for name, rule in QUIET_HOURS.items():
        assert rule.jurisdiction == name
        assert len(rule.week) == 7
        assert rule.source
        assert rule.as_of.year >= 2026
        assert all(w is None or 0 <= w[0] < w[1] <= 24 for w in rule.week)
