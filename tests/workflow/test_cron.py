"""When cron lines come due: held against a walk over every minute, also over nights in which the clock is turned."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auterity_sdk.workflow.cron import Cron, read_cron

CHICAGO = ZoneInfo("America/Chicago")
ZONES = [CHICAGO, ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("UTC")]
MINUTE = 60_000


def at(*parts: int, zone: ZoneInfo = CHICAGO, fold: int = 0) -> int:
    year, month, day, hour, minute = parts
    return (
        round(datetime(year, month, day, hour, minute, tzinfo=zone, fold=fold).timestamp()) * 1000
    )


@pytest.mark.parametrize(
    ("line", "after", "due"),
    [
        ("0 8 * * mon-sat", (2026, 11, 28, 8, 0), (2026, 11, 30, 8, 0)),
        ("*/15 9-17 * * 1-5", (2026, 11, 27, 17, 45), (2026, 11, 30, 9, 0)),
        ("30 6 1 * *", (2026, 11, 28, 0, 0), (2026, 12, 1, 6, 30)),
        ("0 0 29 2 *", (2026, 11, 28, 0, 0), (2028, 2, 29, 0, 0)),
        ("0 12 13 * fri", (2026, 11, 28, 0, 0), (2026, 12, 4, 12, 0)),
        ("0 12 13 * fri", (2026, 12, 11, 12, 0), (2026, 12, 13, 12, 0)),
        ("0 12 * jan,jul 7", (2026, 11, 28, 0, 0), (2027, 1, 3, 12, 0)),
        ("5/20 0 * * *", (2026, 11, 28, 0, 5), (2026, 11, 28, 0, 25)),
        # Turned forward: half past two is when it is turned, once, and no hour of every hour.
        ("30 2 * * *", (2026, 3, 8, 0, 0), (2026, 3, 8, 3, 0)),
        ("30 2 * * *", (2026, 3, 8, 3, 0), (2026, 3, 9, 2, 30)),
        ("30 * * * *", (2026, 3, 8, 1, 30), (2026, 3, 8, 3, 30)),
        # Turned back: half past one comes once.
        ("30 1 * * *", (2026, 11, 1, 1, 30), (2026, 11, 2, 1, 30)),
    ],
)
def test_the_next_time(line: str, after: tuple[int, ...], due: tuple[int, ...]) -> None:
    assert read_cron(line).next_after(at(*after), CHICAGO) == at(*due)


def test_every_hour_comes_in_both_hours_of_a_night_that_is_longer() -> None:
    hourly = read_cron("30 * * * *")
    first = at(2026, 11, 1, 1, 30)
    assert (
        hourly.next_after(first, CHICAGO) == at(2026, 11, 1, 1, 30, fold=1) == first + 60 * MINUTE
    )


def test_a_day_that_there_is_not_never_comes() -> None:
    assert read_cron("0 0 30 2 *").next_after(0, CHICAGO) is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("0 8 * *", "five fields"),
        ("60 8 * * *", "no minute from 0 to 59"),
        ("0 8 * * mond", "`mond` is no day of the week"),
        ("0 8-6 * * *", "no hour"),
        ("*/0 8 * * *", "no minute"),
    ],
)
def test_a_line_that_cannot_be_read(line: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_cron(line)


def is_on(cron: Cron, day: date) -> bool:
    in_month, in_week = day.day in cron.days, day.isoweekday() % 7 in cron.weekdays
    both = cron.any_day or cron.any_weekday
    return day.month in cron.months and ((in_month and in_week) if both else (in_month or in_week))


def walk(cron: Cron, after: int, zone: ZoneInfo, minutes: int) -> int | None:
    """The next time, by looking at what the clock reads in every minute."""
    read: set[datetime] = set()
    before = datetime.fromtimestamp(after / 1000 - 48 * 3600, UTC)
    last = before.astimezone(zone).replace(tzinfo=None)
    for number in range(48 * 60 + minutes):
        moment = before + timedelta(minutes=number)
        local = moment.astimezone(zone)
        wall = local.replace(tzinfo=None, fold=0)
        skipped = [
            last + timedelta(minutes=n) for n in range(1, int((wall - last) / timedelta(minutes=1)))
        ]
        times = (
            [wall] if cron.every_hour else [each for each in (*skipped, wall) if each not in read]
        )
        due = any(
            t.hour in cron.hours and t.minute in cron.minutes and is_on(cron, t.date())
            for t in times
        )
        read |= {wall, *skipped}
        last = wall
        found = round(moment.timestamp()) * 1000
        if due and found > after:
            return found
    return None


def field(low: int, high: int) -> st.SearchStrategy[str]:
    numbers = st.lists(st.integers(low, high), min_size=1, max_size=3).map(
        lambda each: ",".join(map(str, each))
    )
    return st.one_of(st.just("*"), st.integers(2, 20).map(lambda n: f"*/{n}"), numbers)


lines = st.tuples(field(0, 59), field(0, 4), st.just("*"), st.just("*"), field(0, 7)).map(" ".join)
nights = st.sampled_from([(2026, 3, 8), (2026, 3, 29), (2026, 10, 25), (2026, 11, 1), (2026, 4, 5)])


@settings(max_examples=150)
@given(lines, nights, st.integers(-600, 900), st.sampled_from(ZONES))
def test_the_next_time_is_that_of_looking_at_every_minute(
    line: str, night: tuple[int, int, int], minute: int, zone: ZoneInfo
) -> None:
    after = at(*night, 0, 0, zone=UTC) + minute * MINUTE  # type: ignore[arg-type]
    minutes = 3 * 24 * 60
    found = read_cron(line).next_after(after, zone)
    expected = walk(read_cron(line), after, zone, minutes)
    if expected is not None:
        assert found == expected
    else:
        assert found is None or found > after + (minutes - 2) * MINUTE
