"""Business time: held against a minute-by-minute count, also over nights in which the clock is turned."""

from __future__ import annotations

import functools
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auterity_sdk.dealership.calendar import Calendar, Hours

CHICAGO = ZoneInfo("America/Chicago")
ZONES = [
    CHICAGO,
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("Australia/Lord_Howe"),  # turned by half an hour
    ZoneInfo("America/Phoenix"),  # never turned
    ZoneInfo("Africa/Casablanca"),  # turned back for a month
    ZoneInfo("Pacific/Apia"),
]
MINUTE, HOUR = 60_000, 3_600_000
LONGEST = 48 * HOUR
OFFICE = ((9 * 60, 18 * 60),)
SALES = Calendar((OFFICE,) * 5 + (((9 * 60, 12 * 60), (13 * 60, 16 * 60)), ()), CHICAGO)


def at(zone: ZoneInfo, *parts: int, fold: int = 0) -> int:
    year, month, day, hour, minute = parts
    local = datetime(year, month, day, hour, minute, tzinfo=zone, fold=fold)
    return round(local.timestamp() * 1000)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ((2026, 11, 30, 10, 0), 4, (2026, 11, 30, 14, 0)),
        ((2026, 11, 30, 7, 0), 4, (2026, 11, 30, 13, 0)),
        ((2026, 11, 30, 16, 0), 4, (2026, 12, 1, 11, 0)),
        ((2026, 11, 30, 16, 0), 2, (2026, 11, 30, 18, 0)),
        ((2026, 12, 4, 17, 0), 5, (2026, 12, 5, 14, 0)),
        ((2026, 12, 5, 12, 30), 4, (2026, 12, 7, 10, 0)),
        ((2026, 12, 6, 12, 0), 1, (2026, 12, 7, 10, 0)),
    ],
)
def test_only_the_hours_of_the_store_count(
    start: tuple[int, ...], hours: int, end: tuple[int, ...]
) -> None:
    assert SALES.after(at(CHICAGO, *start), hours * HOUR) == at(CHICAGO, *end)


def test_a_holiday_has_no_hours() -> None:
    own = Calendar(SALES.week, CHICAGO, frozenset({date(2026, 12, 1)}))
    assert own.after(at(CHICAGO, 2026, 11, 30, 17, 0), 2 * HOUR) == at(CHICAGO, 2026, 12, 2, 10, 0)
    federal = Calendar(SALES.week, CHICAGO, us_federal=True)
    christmas_eve = at(CHICAGO, 2026, 12, 24, 17, 0)
    assert federal.after(christmas_eve, 2 * HOUR) == at(CHICAGO, 2026, 12, 26, 10, 0)


def test_no_time_is_over_at_once_and_a_store_that_never_opens_has_none() -> None:
    assert SALES.after(5, 0) == 5
    assert Calendar(((),) * 7, CHICAGO).after(0, 1) is None


def test_a_night_in_which_the_clock_is_turned_back_is_an_hour_longer() -> None:
    always = Calendar((((0, 1440),),) * 7, CHICAGO)
    [day] = always.open_on(date(2026, 11, 1))
    assert day[1] - day[0] == 25 * HOUR
    [spring] = always.open_on(date(2026, 3, 8))
    assert spring[1] - spring[0] == 23 * HOUR
    [early] = Calendar((((0, 90),),) * 7, CHICAGO).open_on(date(2026, 11, 1))
    assert early == (at(CHICAGO, 2026, 11, 1, 0, 0), at(CHICAGO, 2026, 11, 1, 1, 30, fold=1))


def test_a_time_that_the_clock_skips_is_when_it_is_turned() -> None:
    turned = at(CHICAGO, 2026, 3, 8, 3, 0)
    [opens] = Calendar((((150, 300),),) * 7, CHICAGO).open_on(date(2026, 3, 8))
    assert opens == (turned, at(CHICAGO, 2026, 3, 8, 5, 0))
    [closes] = Calendar((((60, 150),),) * 7, CHICAGO).open_on(date(2026, 3, 8))
    assert closes == (at(CHICAGO, 2026, 3, 8, 1, 0), turned)
    assert not list(Calendar((((125, 150),),) * 7, CHICAGO).open_on(date(2026, 3, 8)))


@st.composite
def days(draw: st.DrawFn) -> tuple[Hours, ...]:
    edges = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    return tuple((15 * a, 15 * b) for a, b in zip(edges[::2], edges[1::2], strict=False))


calendars = st.builds(
    Calendar,
    st.tuples(*[days()] * 7),
    st.sampled_from(ZONES),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=5),
)
# The nights before which a wait begins: those in which a clock of these zones is turned, and any others.
nights = st.sampled_from([(2026, 3, 8), (2026, 3, 29), (2026, 10, 25), (2026, 11, 1), (2026, 4, 5)])
days_of_2026 = st.one_of(nights, st.tuples(st.just(2026), st.integers(1, 11), st.integers(1, 28)))
moments = st.builds(
    lambda day, minute: round(datetime(*day, tzinfo=UTC).timestamp()) * 1000 + minute * MINUTE,
    days_of_2026,
    st.integers(-1440, 720),
)


@functools.cache
def walls(zone: ZoneInfo, day: date) -> list[tuple[int, int]]:
    """Each minute of a local day with what the clock reads, in minutes."""
    noon = round(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()) * 1000
    locals_ = (
        (moment, datetime.fromtimestamp(moment / 1000, zone))
        for moment in range(noon - 36 * HOUR, noon + 36 * HOUR, MINUTE)
    )
    return [(moment, 60 * at.hour + at.minute) for moment, at in locals_ if at.date() == day]


@functools.cache
def open_from_to(zone: ZoneInfo, day: date, hours: Hours) -> tuple[int, int]:
    """The first minute that reads the opening or later, and the last that reads less than the closing."""
    opening, closing = hours
    begun = [at for at, wall in walls(zone, day) if wall >= opening]
    left = [at for at, wall in walls(zone, day) if wall < closing]
    return (begun[0], left[-1]) if begun and left else (1, 0)


def is_open(calendar: Calendar, moment: int) -> bool:
    """Counted by the minutes of the day."""
    zone = calendar.zone
    assert isinstance(zone, ZoneInfo)
    day = datetime.fromtimestamp(moment / 1000, zone).date()
    if day in calendar.holidays:
        return False
    for hours in calendar.week[day.weekday()]:
        first, last = open_from_to(zone, day, hours)
        if first <= moment <= last:
            return True
    return False


@settings(max_examples=60)
@given(calendars, moments, st.integers(1, 20 * 60))
def test_the_end_of_a_wait_is_that_of_counting_minutes(
    calendar: Calendar, start: int, minutes: int
) -> None:
    end = calendar.after(start, minutes * MINUTE)
    if end is None:
        assert not any(calendar.week)
        return
    moment, counted = start, 0
    while counted < minutes and moment < start + LONGEST:
        counted += is_open(calendar, moment)
        moment += MINUTE
    if counted == minutes:
        assert end == moment
    else:
        assert end > start + LONGEST


@given(calendars, moments, st.integers(0, 40 * HOUR), st.integers(0, 40 * HOUR))
def test_two_waits_are_as_long_as_one(
    calendar: Calendar, start: int, first: int, second: int
) -> None:
    middle = calendar.after(start, first)
    if middle is not None:
        assert calendar.after(middle, second) == calendar.after(start, first + second)
