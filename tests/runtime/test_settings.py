"""Settings: where they stand, and the levels that they give to rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

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
