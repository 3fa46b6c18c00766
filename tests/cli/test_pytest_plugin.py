"""`pytest --auterity`, run as another project's tests."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from auterity_cli.output.text import findings
from auterity_sdk.checks.check import check_document
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.workflow.document import load_document

pytest_plugins = ["pytester"]

SOUND = """\
auterity: 1
name: sound
steps:
  pause:
    wait: 1h
"""
BROKEN = SOUND + "  text:\n    uses: sms.sent\n    with: {to: '+14195550188', body: hi}\n"
WARNED = SOUND + "  ask:\n    receive: {event: x}\nends: {done: [pause, ask.received]}\n"


@pytest.fixture(scope="module")
def loaded() -> None:
    """What a check imports stays imported: pytester forgets the modules that its own run loads."""
    for text in (SOUND, BROKEN, WARNED):
        document = load_document(text, file="x.yaml")
        list(findings(check_document(document, builtin_registry()).report))


@pytest.fixture
def folder(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, loaded: None
) -> pytest.Pytester:
    """A project's folder, where no other installed plugin has a say."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "auterity_cli.pytest_plugin")
    pytester.makeini("[pytest]")  # else settings of a folder above count
    (pytester.mkdir("workflows") / "sound.yaml").write_text(SOUND)
    (pytester.path / "workflows" / "notes.yaml").write_text("just: yaml")
    return pytester


def test_each_workflow_file_is_a_test(folder: pytest.Pytester) -> None:
    (folder.path / "workflows" / "more.json").write_text(
        '{"auterity": 1, "name": "more", "steps": {"pause": {"wait": "1h"}}}'
    )
    ended = folder.runpytest("--auterity", "-v", "workflows")
    ended.assert_outcomes(passed=2)
    ended.stdout.fnmatch_lines(["*more.json::auterity PASSED*", "*sound.yaml::auterity PASSED*"])


def test_a_failing_one_shows_its_findings(folder: pytest.Pytester) -> None:
    (folder.path / "workflows" / "broken.yaml").write_text(BROKEN)
    ended = folder.runpytest("--auterity", "workflows")
    ended.assert_outcomes(passed=1, failed=1)
    ended.stdout.fnmatch_lines(
        [
            "*workflow broken.yaml*",
            "error[[]AUT501 unknown-step-type[]]: there is no step type `sms.sent`",
            " --> *broken.yaml:7:11",
            "7 |     uses: sms.sent",
            "  |           ^^^^^^^^",
            "  = help: a step type with a similar name exists: `sms.send`",
        ]
    )
    assert "Traceback" not in ended.stdout.str()


def test_warnings_pass_unless_strict(folder: pytest.Pytester) -> None:
    (folder.path / "workflows" / "warned.yaml").write_text(WARNED)
    ended = folder.runpytest("--auterity", "-rP", "workflows")
    ended.assert_outcomes(passed=2)
    ended.stdout.fnmatch_lines(["warning[[]*"])
    folder.runpytest("--auterity", "--auterity-strict", "workflows").assert_outcomes(
        passed=1, failed=1
    )


def test_it_stands_beside_other_tests(folder: pytest.Pytester) -> None:
    folder.makepyfile(test_other="def test_other(): pass")
    folder.runpytest("--auterity").assert_outcomes(passed=2)
    folder.runpytest().assert_outcomes(passed=1)


STEPS = """\
from pathlib import Path
from auterity_sdk import Output, step

Path("imported").touch()

class Greeted(Output):
    text: str

@step(name="our.greet")
def greet(name: str) -> Greeted:
    return Greeted(text=name)
"""


def test_a_projects_step_types_are_known(folder: pytest.Pytester) -> None:
    folder.makefile(".toml", auterity='[project]\nsteps = ["plugin_test_steps"]\n')
    folder.makepyfile(plugin_test_steps=STEPS)
    (folder.path / "workflows" / "ours.yaml").write_text(
        "auterity: 1\nname: x\nsteps:\n  hello:\n    uses: our.greet\n    with: {name: Jordan}\n"
    )
    refused = folder.runpytest("--auterity", "--auterity-no-python", "workflows")
    refused.assert_outcomes(passed=1, failed=1)
    assert not (folder.path / "imported").exists()
    folder.runpytest("--auterity", "workflows").assert_outcomes(passed=2)


def test_wrong_settings_are_told_in_a_line(folder: pytest.Pytester) -> None:
    folder.makefile(".toml", auterity="[project]\nstep = []\n")
    ended = folder.runpytest("--auterity", "workflows")
    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(["error: *auterity.toml: `project.step`*"])
    assert "Traceback" not in ended.stdout.str()


def test_without_the_option_it_loads_nothing() -> None:
    script = "import auterity_cli.pytest_plugin, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = {name for name in done.stdout.split() if name.startswith("auterity")}
    assert loaded == {"auterity_cli", "auterity_cli.pytest_plugin"}


def test_pytest_finds_it_where_auterity_is_installed() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"auterity": "auterity_cli.pytest_plugin"}


CASES = """\
auterity_test: 1
defaults: {at: 2026-11-24T10:00Z}
cases:
  an hour: {expect: {elapsed: 1h}}
  a day: {expect: {elapsed: 1d}}
"""


def test_each_case_of_a_test_file_is_a_test(folder: pytest.Pytester) -> None:
    (folder.path / "workflows" / "sound.test.yaml").write_text(CASES)
    ended = folder.runpytest("--auterity", "--auterity-forced-replay", "-v", "workflows")
    ended.assert_outcomes(passed=2, failed=1)
    ended.stdout.fnmatch_lines(
        [
            "*sound.test.yaml::an hour PASSED*",
            "*sound.test.yaml::a day FAILED*",
            "*sound.test.yaml: a day*",
            "*sound.test.yaml:5:20: the run took: expected 1d, was 1h",
            "✓ pause  ok  1 h",
        ]
    )


def test_a_wrong_test_file_is_an_error(folder: pytest.Pytester) -> None:
    wrong = CASES.replace("elapsed: 1d", "elapsd: 1d")
    (folder.path / "workflows" / "sound.test.yaml").write_text(wrong)
    ended = folder.runpytest("--auterity", "workflows")
    ended.assert_outcomes(errors=1)
    ended.stdout.fnmatch_lines(["*sound.test.yaml:5:20: unknown key `elapsd`*"])


def test_a_fixture_plays_a_workflow(folder: pytest.Pytester) -> None:
    folder.makepyfile(
        """
        from datetime import UTC, datetime

        def test_pause(rehearse):
            played = rehearse("workflows/sound.yaml", {}, at=datetime(2026, 11, 24, tzinfo=UTC))
            assert played.advance("1h").status == "succeeded"
        """
    )
    folder.runpytest().assert_outcomes(passed=1)
