"""`auterity test`: cases played, told to people and to programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.testing.flows import NIGHTLY, written

PASSES = "  silence: {expect: {end: called}}\n"
FAILS = "  wishes: {expect: {end: answered}}\n"


def test_cases_are_played(cli: Cli) -> None:
    written(Path(), NIGHTLY, PASSES)
    ended = cli("test")
    assert ended.code == 0, ended.err
    assert ended.out.splitlines() == [
        "flow.test.yaml  (flow)",
        "  ✓ silence  1 d",
        "1 passed in 1 file",
    ]


def test_a_failure_shows_the_expectation_and_the_steps(cli: Cli) -> None:
    written(Path(), NIGHTLY, PASSES + FAILS)
    ended = cli("test", "flow.yaml")
    assert ended.code == 1
    assert 'flow.test.yaml:5:21: end: expected "answered", was "called"' in ended.out
    assert "◷ asked  timeout  1 d" in ended.out
    assert ended.out.endswith("1 passed, 1 failed in 1 file\n")
    assert cli("test", "-k", "SILENCE").code == 0


def test_a_wrong_test_file_is_a_usage_error_and_the_others_are_played(cli: Cli) -> None:
    written(Path(), NIGHTLY, PASSES)
    Path("other.test.yaml").write_text("auterity_test: 1\ncases: {a: {expct: {}}}\n")
    Path("other.yaml").write_text(NIGHTLY)
    ended = cli("test")
    assert ended.code == 2
    assert "error: other.test.yaml:2:13: unknown key `expct`" in ended.out
    assert "help: a similar key exists: `expect`" in ended.out
    assert "✓ silence" in ended.out


def test_a_workflow_with_findings_fails_its_tests(cli: Cli) -> None:
    written(Path(), NIGHTLY.replace("needs: text", "needs: txt"), PASSES)
    ended = cli("test")
    assert ended.code == 1
    assert "flow.yaml has errors" in ended.out


def test_nothing_to_test_has_a_code_of_its_own(cli: Cli) -> None:
    ended = cli("test")
    assert ended.code == 3
    assert "named x.test.yaml" in ended.err
    written(Path(), NIGHTLY, PASSES)
    assert cli("test", "-k", "nobody").code == 3
    assert cli("test", "gone.test.yaml").code == 2


def test_a_program_reads_json(cli: Cli) -> None:
    written(Path(), NIGHTLY, PASSES + FAILS)
    ended = cli("test", "--json")
    read = json.loads(ended.out)
    assert (read["format"], read["passed"], read["failed"]) == ("auterity-tests-1", 1, 1)
    (file,) = read["files"]
    silence, wishes = file["cases"]
    assert (silence["passed"], silence["end"], silence["elapsed"]) == (True, "called", 86400.0)
    (failure,) = wishes["failures"]
    assert (failure["line"], failure["column"]) == (5, 21)
    assert failure["path"] == ["cases", "wishes", "expect", "end"]


@pytest.mark.parametrize("forced", [[], ["--forced-replay"]])
def test_a_case_passes_under_forced_replay(cli: Cli, forced: list[str]) -> None:
    written(Path(), NIGHTLY, PASSES)
    assert cli("test", *forced).code == 0


def test_the_schema_of_test_files_is_printed(cli: Cli) -> None:
    made = json.loads(cli("schema", "--of", "test").out)
    assert made["title"] == "Auterity test file"
    assert made["required"] == ["auterity_test", "cases"]


def test_control_characters_of_a_file_do_not_reach_the_terminal(cli: Cli) -> None:
    written(Path(), NIGHTLY, '  "\\e[31mred": {expect: {end: called}}\n')
    assert "\x1b[31mred" not in cli("test").out


def test_what_is_not_covered_is_told_with_the_choices_that_lead_there(cli: Cli) -> None:
    written(Path(), NIGHTLY, PASSES)
    ended = cli("test", "--coverage")
    assert ended.code == 0
    assert "coverage of flow: 31.5 % (outcomes 3 of 8, edges 3 of 9, failure paths" in ended.out
    assert "  not covered: asked.approved → later\n" in ended.out
    asked = cli("test", "--suggest").out
    assert (
        "  not covered: reply.received, reply.received → answered\n"
        "    text = ok, asked = approved, reply = received\n" in asked
    )


def test_too_little_coverage_fails(cli: Cli) -> None:
    written(Path(), NIGHTLY, PASSES)
    assert cli("test", "--fail-under", "30").code == 0
    ended = cli("test", "--fail-under", "90")
    assert ended.code == 1
    assert "error: flow: 31.5 % covered, 90 % are asked for" in ended.err


def test_coverage_is_read_by_programs_and_drawn(cli: Cli) -> None:
    written(Path(), NIGHTLY, PASSES)
    ended = cli("test", "--coverage", "--json", "--svg", "pictures")
    (of,) = json.loads(ended.out)["coverage"]
    assert of["workflow"] == "flow"
    (edge,) = [each for each in of["elements"] if each["name"] == "asked.approved → later"]
    assert (edge["kind"], edge["target"], edge["end"], edge["runs"]) == ("edge", "later", False, 0)
    assert edge["choices"] == [
        {"step": "text", "outcome": "ok"},
        {"step": "asked", "outcome": "approved"},
    ]
    assert ended.err == "wrote pictures/flow.svg\n"
    assert Path("pictures/flow.svg").read_text().startswith("<svg ")
