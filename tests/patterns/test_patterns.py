"""The control-flow patterns: each fixture runs as its trace says, in both spellings, or is refused as it says."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from auterity_sdk.checks.check import Checked
from auterity_sdk.diagnostics import Severity
from auterity_sdk.runtime.loader import check_file
from auterity_sdk.runtime.project import Project
from auterity_sdk.testing.cases.play import Suite
from auterity_sdk.workflow.canonical import version
from tests.patterns.trace import trace
from tools.pages.patterns import FOLDER, Pattern, patterns

PATTERNS = patterns()
PROJECT = Project.find(FOLDER)

every = pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.folder.name)


def checked(file: Path) -> Checked:
    (found,) = check_file(file, PROJECT)
    return found


def version_of(file: Path) -> str:
    found = checked(file)
    errors = [one for one in found.report.diagnostics if one.severity is Severity.ERROR]
    assert errors == []
    assert found.workflow is not None
    assert found.graph is not None
    return version(found.workflow, found.graph)


def placed(found: Checked) -> list[str]:
    """The errors as `code:line:column`; warnings, such as that of a wait without end, are not the point here."""
    source = found.report.source
    errors = (one for one in found.report.diagnostics if one.severity is Severity.ERROR)
    spans = ((one.code, source.span(one.location)) for one in errors)
    return [f"{code}:{span.line}:{span.column}" for code, span in spans]


def test_all_43_are_there_and_no_fixture_is_left_over() -> None:
    assert [pattern.number for pattern in PATTERNS] == list(range(1, 44))
    folders = {path.parent for path in FOLDER.glob("*/workflow.yaml")}
    assert folders == {pattern.folder for pattern in PATTERNS}


@every
def test_what_is_not_carried_out_shows_the_rule(pattern: Pattern) -> None:
    must = pattern.holds in ("refused", "not yet")
    assert bool(pattern.refused) is must
    if must:
        assert placed(checked(pattern.folder / "refused.yaml")) == pattern.refused


@every
def test_both_spellings_are_of_one_version(pattern: Pattern) -> None:
    written = pattern.folder / "workflow"
    assert version_of(written.with_suffix(".py")) == version_of(written.with_suffix(".yaml"))


@pytest.mark.parametrize("forced", [False, True], ids=["plain", "forced replay"])
@every
def test_its_cases_leave_the_expected_traces(pattern: Pattern, forced: bool) -> None:
    suite = Suite.load(pattern.folder / "workflow.test.yaml", PROJECT)
    expected = yaml.safe_load((pattern.folder / "trace.yaml").read_text(encoding="utf-8"))
    assert list(expected) == list(suite.names)
    for name in suite.names:
        played = suite.play(name, forced_replay=forced)
        assert [short.message for short in played.shortfalls] == []
        assert played.rehearsal is not None
        assert trace(played.rehearsal) == expected[name], name
