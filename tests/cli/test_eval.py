"""`auterity eval`: labelled cases over the offline rules and a real client, told to people and to programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.ai.asking import KEY
from tests.ai.model_server import Reply, serving
from tests.cli.conftest import Cli
from tests.cli.test_language_models import TRIAGE, asked, settings

CASES = """\
auterity_eval: 1
defaults: {now: 2026-11-24T10:00-06:00}
cases:
  - {id: brakes, input: {message: My brakes squeal}, expect: {intent: {label: service}}}
  - {id: hello, input: {message: xyz}, expect: {intent: {outcome: invalid}}}
  - {id: oil, input: {message: oil change please}, expect: {intent: {label: buy}}}
"""


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch, cli: Cli) -> Cli:
    """The command line in a folder with a workflow and its cases."""
    Path("triage.yaml").write_text(TRIAGE)
    Path("triage.cases.yaml").write_text(CASES)
    monkeypatch.setenv("DEALER_KEY", KEY)
    return cli


def test_the_cases_beside_the_workflow_are_run_by_the_rules(project: Cli) -> None:
    ended = project("eval", "triage.yaml")
    assert ended.code == 0, ended.err
    assert "triage over 3 cases of triage.cases.yaml" in ended.out
    assert "offline/rules-1" in ended.out
    assert "2 of 3, 66.7%" in ended.out
    assert "$0.0000" in ended.out
    assert 'oil: intent.label: expected "buy", was "service"' in ended.out
    assert "brakes:" not in ended.out


def test_too_little_that_is_right_fails(project: Cli) -> None:
    ended = project("eval", "triage.yaml", "--fail-under", "0.9")
    assert ended.code == 1
    assert "error: intent: 0.667 is right, 0.9 is asked for" in ended.err
    assert project("eval", "triage.yaml", "--fail-under", "0.6").code == 0


def test_a_program_is_told_all(project: Cli) -> None:
    ended = project("eval", "triage.yaml", "--json", "--fail-under", "0.9")
    assert ended.code == 1
    told = json.loads(ended.out)
    assert (told["format"], told["cases"], told["passed"]) == ("auterity-eval-1", 3, False)
    [step] = told["evaluated"][0]["steps"]
    assert (step["step"], step["count"], step["right"]) == ("intent", 3, 2)
    assert step["wrong"] == [
        {
            "case": "oil",
            "line": 6,
            "field": "intent.label",
            "expected": "buy",
            "was": "service",
            "why": "",
        }
    ]
    assert step["usd"] == 0
    assert step["estimated"] is True
    assert step["p50_ms"] <= step["p95_ms"]


def test_a_connection_and_the_rules_side_by_side(project: Cli) -> None:
    with serving(Reply('{"label": "buy", "confidence": 0.9}')) as server:
        settings(llm=asked(server))
        ended = project("eval", "triage.yaml", "--compare", "offline", "--json")
    assert ended.code == 0, ended.err
    assert len(server.received) == 3
    first, second = json.loads(ended.out)["evaluated"]
    assert (first["name"], second["name"]) == ("triage", "offline")
    assert first["steps"][0]["right"] == 1
    assert first["steps"][0]["usd"] is None
    assert second["steps"][0]["right"] == 2
    assert KEY not in ended.out + ended.err


def test_another_connection_answers_for_every_step(project: Cli) -> None:
    with serving(Reply('{"label": "buy", "confidence": 0.9}')) as server:
        settings(llm={"use": "offline"}, fast=asked(server))
        ended = project("eval", "triage.yaml", "--compare", "fast")
    assert len(server.received) == 3
    assert "wrong in fast:" in ended.out
    assert "no price is known" in ended.out


def test_another_workflow_side_by_side(project: Cli) -> None:
    Path("other.yaml").write_text(TRIAGE.replace("wants a repair", "tires"))
    ended = project("eval", "triage.yaml", "--compare", "other.yaml", "--json")
    assert [each["name"] for each in json.loads(ended.out)["evaluated"]] == ["triage", "other"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("triage.yaml", "--cases", "none.yaml"), "none.yaml cannot be read"),
        (
            ("triage.yaml", "--compare", "fsat"),
            "`fsat` is neither a connection nor a workflow file",
        ),
        (("none.yaml",), "there is no none.cases.yaml beside none.yaml"),
        (("triage.yaml", "--fail-under", "90"), "--fail-under"),
    ],
)
def test_wrong_usage_says_what_to_do(project: Cli, arguments: tuple[str, ...], said: str) -> None:
    ended = project("eval", *arguments)
    assert ended.code == 2
    assert said in ended.err


def test_a_mistake_in_the_cases_has_its_place(project: Cli) -> None:
    Path("triage.cases.yaml").write_text(
        CASES.replace("{intent: {label: buy}}", "{intnt: {label: buy}}")
    )
    ended = project("eval", "triage.yaml")
    assert ended.code == 2
    assert "triage.cases.yaml:6:" in ended.err
    assert "there is no step `intnt`" in ended.err


def test_a_workflow_with_errors_is_not_evaluated(project: Cli) -> None:
    Path("triage.yaml").write_text(TRIAGE.replace("ai.classify", "ai.clasify"))
    ended = project("eval", "triage.yaml")
    assert ended.code == 1
    assert "has errors" in ended.err
