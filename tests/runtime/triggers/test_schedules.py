"""When a schedule starts runs: missed times, nights in which the clock is turned, and clocks that jump."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.runtime.triggers.schedules import ON_TIME, due_times, next_time
from auterity_sdk.workflow.cron import read_cron
from auterity_sdk.workflow.trigger import Schedule

HOUR = 3_600_000
DAY = 24 * HOUR
CHICAGO = "America/Chicago"


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def schedule(cron: str, **more: object) -> Schedule:
    return Schedule.model_validate({"cron": cron, "timezone": CHICAGO, **more})


def shown(times: list[int]) -> list[str]:
    zone = ZoneInfo(CHICAGO)
    return [f"{datetime.fromtimestamp(time / 1000, zone):%d %H:%M%z}" for time in times]


EVERY_MORNING = "0 8 * * *"
MONDAY = at("2026-11-23T14:00")  # eight in Chicago


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ({}, ["26 08:00-0600"]),
        ({"missed_within": "10h"}, []),
        ({"missed": "skip"}, []),
        ({"missed": "all"}, ["26 08:00-0600"]),
        ({"missed": "all", "missed_within": "3d"}, [f"{day} 08:00-0600" for day in (24, 25, 26)]),
        ({"missed": "all", "missed_within": "90d"}, [f"{n} 08:00-0600" for n in (24, 25, 26)]),
    ],
)
def test_what_was_missed(keys: dict[str, str], found: list[str]) -> None:
    """No worker ran from Monday eight o'clock to Thursday at seven in the evening."""
    now = MONDAY + 3 * DAY + 11 * HOUR
    assert shown(due_times(schedule(EVERY_MORNING, **keys), MONDAY, now)) == found


@pytest.mark.parametrize("missed", ["once", "skip", "all"])
def test_what_is_on_time_starts_a_run_whatever_is_said_of_missed_ones(missed: str) -> None:
    plan = schedule(EVERY_MORNING, missed=missed)
    for late in (0, 250, ON_TIME):
        assert due_times(plan, MONDAY - 1, MONDAY + late) == [MONDAY]
    assert due_times(plan, MONDAY, MONDAY + 1) == []
    assert due_times(plan, MONDAY - DAY, MONDAY - 1) == []
    assert next_time(plan, MONDAY) == MONDAY + DAY


def test_the_nights_in_which_the_clock_is_turned() -> None:
    """Of 8 March 2026 the clock skips 2:30, and reads 1:30 of 1 November twice."""
    at_half_past_two = schedule("30 2 * * *", missed="all", missed_within="10d")
    spring = due_times(at_half_past_two, at("2026-03-07T00:00"), at("2026-03-10T00:00"))
    assert shown(spring) == ["07 02:30-0600", "08 03:00-0500", "09 02:30-0500"]
    at_half_past_one = schedule("30 1 * * *", missed="all", missed_within="10d")
    autumn = due_times(at_half_past_one, at("2026-10-31T00:00"), at("2026-11-03T00:00"))
    assert shown(autumn) == ["31 01:30-0500", "01 01:30-0500", "02 01:30-0600"]
    hourly = schedule("30 * * * *", missed="all", missed_within="10d")
    night = due_times(hourly, at("2026-11-01T05:00"), at("2026-11-01T09:00"))
    assert shown(night) == ["01 00:30-0500", "01 01:30-0500", "01 01:30-0600", "01 02:30-0600"]


LINES = st.sampled_from(
    ["*/20 * * * *", "0 8 * * mon-sat", "30 1,2 * * *", "0 0 1 * *", "15 3 * 3,11 sun"]
)
MOMENTS = st.integers(at("2026-02-25T00:00"), at("2026-11-15T00:00"))


@given(LINES, MOMENTS, st.lists(st.integers(1, 6 * DAY), min_size=1, max_size=6))
def test_looks_at_any_times_find_each_time_once(line: str, start: int, pauses: list[int]) -> None:
    """Whenever workers look, they find what one look at the end finds, and what the cron line says step by step."""
    plan, found, seen = schedule(line, missed="all", missed_within="60d"), [], start
    for pause in pauses:
        found += due_times(plan, seen, seen + pause)
        seen += pause
    assert found == due_times(plan, start, seen)
    expected, time = [], start
    cron, zone = read_cron(line), ZoneInfo(CHICAGO)
    while (following := cron.next_after(time, zone)) is not None and following <= seen:
        expected.append(time := following)
    assert found == expected
    last = due_times(schedule(line, missed_within="60d"), start, seen)
    assert last == expected[-1:]
