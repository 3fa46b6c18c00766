"""`auterity init`: in a new project everything passes at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from auterity_cli.commands.init import PINS
from tests.cli.conftest import Cli


def test_validate_run_and_the_test_pass_at_once(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    made = cli("init", "bay", "--name", 'Bay "Motors" $5')
    assert made.code == 0, made.err
    assert "auterity validate" in made.out
    monkeypatch.chdir("bay")
    assert cli("validate", "--strict").code == 0
    ran = cli("run", "first-answer", "--input", "leads/lead.xml")
    assert ran.code == 0, ran.err
    assert "succeeded: texted" in ran.err
    tested = cli("test", "--fail-under", "100")
    assert tested.code == 0, tested.out + tested.err
    assert "4 passed in 1 file" in tested.out
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert "2 passed" in done.stdout, done.stdout + done.stderr
    settings = tomllib.loads(Path("auterity.toml").read_text())
    assert settings["dealership"]["name"] == 'Bay "Motors" $5'


def test_what_is_there_is_not_touched(cli: Cli) -> None:
    Path("auterity.toml").write_text("mine")
    ended = cli("init")
    assert ended.code == 2
    assert "nothing was written" in ended.err
    assert Path("auterity.toml").read_text() == "mine"
    assert not Path("workflows").exists()


def test_a_place_that_cannot_be_written_is_named(cli: Cli) -> None:
    Path("taken").write_text("a file")
    ended = cli("init", "taken")
    assert ended.code == 2
    assert "taken cannot be made: file exists" in ended.err


def test_the_schema_of_a_new_project_is_the_one_that_is_printed(cli: Cli) -> None:
    cli("init")
    assert json.loads(Path("workflow.schema.json").read_text()) == json.loads(cli("schema").out)
    test_schema = json.loads(cli("schema", "--of", "test").out)
    assert json.loads(Path("test.schema.json").read_text()) == test_schema
    first = Path("workflows/first-answer.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=../workflow.schema.json"


def test_actions_are_pinned_as_in_our_own_ci(cli: Cli) -> None:
    cli("init")
    ours = (Path(__file__).parents[2] / ".github" / "workflows" / "ci.yml").read_text()
    made = Path(".github/workflows/auterity.yml").read_text()
    for pin in PINS.values():
        assert pin in ours
        assert pin in made
