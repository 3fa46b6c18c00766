"""Settings: where they stand, and the levels that they give to rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from auterity_sdk.dealership.calendar import Calendar
from auterity_sdk.diagnostics import Severity
from auterity_sdk.errors import ConfigurationError, UsageError
from auterity_sdk.runtime.policies import policy_of
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.settings import Settings

RULES = '[rules]\nAUT601 = "error"\nunused-input = "off"\n[profiles.ci]\nunused-input = "error"\n'


def test_pyproject_may_hold_the_settings(tmp_path: Path) -> None:
    inner = tmp_path / "flows"
    inner.mkdir()
    (inner / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "pyproject.toml").write_text("[tool.auterity.dealership]\nregion = 'OH'\n")
    found = Project.find(inner)
    assert (found.root, found.settings.dealership.region) == (tmp_path, "OH")


def test_a_file_of_its_own_comes_first(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.auterity.dealership]\nregion = 'OH'\n")
    (tmp_path / "auterity.toml").write_text("[dealership]\nregion = 'MI'\n")
    assert Project.find(tmp_path).settings.dealership.region == "MI"


def test_rules_have_the_levels_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "auterity.toml").write_text(RULES)
    project = Project.find(tmp_path)
    plain = {"receive-without-timeout": Severity.ERROR, "unused-input": None}
    assert policy_of(project).levels == plain
    assert policy_of(project, profile="ci").levels == plain | {"unused-input": Severity.ERROR}


def test_today_is_the_day_unless_another_is_given(tmp_path: Path) -> None:
    project = Project.find(tmp_path)
    assert policy_of(project, as_of=date(2026, 1, 2)).as_of == date(2026, 1, 2)
    before = date.today()  # noqa: DTZ011
    assert before <= (policy_of(project).as_of or date.min) <= date.today()  # noqa: DTZ011


def test_a_level_that_there_is_not(tmp_path: Path) -> None:
    (tmp_path / "auterity.toml").write_text('[rules]\nAUT601 = "fatal"\n')
    with pytest.raises(ConfigurationError, match=r"auterity.toml: `rules.AUT601`: .*'warning'"):
        Project.find(tmp_path)


@pytest.mark.parametrize(("asked", "help"), [("cl", "`ci`"), ("nightly", "the profiles are `ci`")])
def test_a_profile_that_there_is_not(tmp_path: Path, asked: str, help: str) -> None:
    (tmp_path / "auterity.toml").write_text(RULES)
    with pytest.raises(UsageError) as raised:
        policy_of(Project.find(tmp_path), profile=asked)
    assert help in str(raised.value.help)


def test_pyproject_without_the_table_is_no_project(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("# see [tool.auterity] elsewhere\n")
    assert Project.find(tmp_path).settings == Settings()


def test_calendars_are_business_hours(tmp_path: Path) -> None:
    (tmp_path / "auterity.toml").write_text(
        "[dealership]\ntimezone = 'America/Chicago'\n[calendars.sales]\nholidays = ['us-federal', 2026-12-24]\n"
        "hours = { mon-fri = '9:00-18:00', sat = ['13:00-16:30', '9:00 - 12:00'] }\n"
        "[calendars.service]\ntimezone = 'Europe/Berlin'\nhours = { sun = '0:00-24:00' }\n"
    )
    found = Project.find(tmp_path).registry.calendars
    week = ((540, 1080),)
    assert found["sales"] == Calendar(
        (week,) * 5 + (((540, 720), (780, 990)), ()),
        ZoneInfo("America/Chicago"),
        frozenset({date(2026, 12, 24)}),
        us_federal=True,
    )
    assert (str(found["service"].zone), found["service"].week[6]) == ("Europe/Berlin", ((0, 1440),))


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ("{ mon = '9-18' }", "`9-18` are no hours for mon"),
        ("{ mon = '18:00-9:00' }", "no hours of one day"),
        ("{ mon = '9:00-24:30' }", "no hours of one day"),
        ("{ mon = '9:75-18:00' }", "no hours of one day"),
        ("{ monday = '9:00-18:00' }", "`monday` is no day"),
        ("{ sat-mon = '9:00-18:00' }", "goes backwards"),
        ("{ mon-fri = '9:00-18:00', wed = '9:00-12:00' }", "the hours of wed stand twice"),
        ("{ mon = ['9:00-12:00', '11:00-13:00'] }", "the hours of mon overlap"),
        ("{ mon = [] }", "the store is never open"),
    ],
)
def test_hours_that_cannot_be_kept(tmp_path: Path, hours: str, said: str) -> None:
    (tmp_path / "auterity.toml").write_text(f"[calendars.sales]\nhours = {hours}\n")
    with pytest.raises(ConfigurationError, match=rf"`calendars.sales.hours`: .*{said}"):
        Project.find(tmp_path)


def test_a_zone_of_a_calendar_that_there_is_not(tmp_path: Path) -> None:
    (tmp_path / "auterity.toml").write_text(
        "[calendars.sales]\ntimezone = 'Chicago'\nhours = { mon = '9:00-18:00' }\n"
    )
    with pytest.raises(ConfigurationError, match=r"\[calendars.sales\] timezone `Chicago`"):
        _ = Project.find(tmp_path).registry
