"""A budget that asks a person, as people meet it: shown, answered by a command, played by a test file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

FLOW = """\
auterity: 1
name: triage
input: {message: string}
steps:
  intent:
    uses: ai.classify
    with: {text: "${input.message}", labels: [price, service]}
    timeout: 1m
    budget: {tokens: 900, when_over: pause, role: manager, timeout: 2d}
  person:
    needs: {any: [intent.invalid, intent.refused, intent.over_budget, intent.failed]}
    uses: task.assign
    with: {role: bdc, title: Read a message, due: 5m}
    timeout: 1m
ends: {told: intent, person: person}
output: {label: "${intent.?label.orValue('')}"}
"""
CASES = """\
auterity_test: 1
workflow: triage.yaml
defaults: {at: 2026-11-24T10:00}
cases:
  granted:
    input: {message: "What is your best price?"}
    people: [{role: manager, after: 3h}]
    expect: {end: told, output: {label: price}, attempts: {intent: 2}, elapsed: 3h}
  refused:
    input: {message: "What is your best price?"}
    people: [{role: manager, answer: reject, step: intent}]
    expect: {end: person, steps: {intent: over_budget}}
  nobody:
    input: {message: "What is your best price?"}
    expect: {end: person, elapsed: 2d}
"""


@pytest.fixture
def run(cli: Cli) -> str:
    """A run that waits for a word on the budget of `intent`."""
    Path("triage.yaml").write_text(FLOW)
    waits = cli("run", "triage.yaml", "-i", "message=What is your best price?")
    assert waits.code == 6, waits.err
    (found,) = json.loads(cli("runs", "list", "--json").out)
    assert found["status"] == "waiting"
    name: str = found["run_id"]
    assert "intent: would pass a budget, and waits for a word of manager, until" in waits.err
    assert "tokens; the step has 900 of 900 left" in waits.err
    assert f"→ auterity approve {name} intent\n" in waits.err
    return name


def test_granted_the_call_is_made(cli: Cli, run: str) -> None:
    assert "would pass a budget" in cli("runs", "show", run).out
    assert cli("usage", "--json").out.count('"calls"') == 0, "nothing was asked"
    granted = cli("approve", run)
    assert (granted.code, json.loads(granted.out)) == (0, {"label": "price"})
    told = [json.loads(each) for each in cli("runs", "events", run, "--json").out.splitlines()]
    assert [each["event"] for each in told if "Budget" in each["event"]] == [
        "BudgetAsked",
        "BudgetAnswered",
    ]
    assert json.loads(cli("usage", "--json").out)["rows"][0]["calls"] == 1


def test_rejected_the_workflow_goes_another_way(cli: Cli, run: str) -> None:
    rejected = cli("approve", run, "intent", "--reject")
    assert (rejected.code, json.loads(rejected.out)) == (0, {"label": ""})
    assert "over_budget" in cli("runs", "show", run).out


def test_another_role_may_not_say(cli: Cli, run: str) -> None:
    refused = cli("approve", run, "--role", "bdc")
    assert refused.code == 2
    assert "asks the role `manager`" in refused.err


def test_a_test_file_says_who_grants_it(cli: Cli) -> None:
    Path("triage.yaml").write_text(FLOW)
    Path("triage.test.yaml").write_text(CASES)
    played = cli("test", "triage.test.yaml")
    assert played.code == 0, played.out + played.err
    Path("triage.test.yaml").write_text(CASES.replace("role: manager, after", "role: boss, after"))
    wrong = cli("test", "triage.test.yaml")
    assert wrong.code == 2
    assert "nothing is asked of the role `boss`" in wrong.err + wrong.out


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        ("tokens: 900, when_over: pause", "says by `role` who is asked"),
        ("tokens: 900, role: manager", "belong to `when_over: pause`"),
        ("tokens: 900, when_over: pause, role: manager", "AUT607"),
    ],
)
def test_what_the_checker_says(cli: Cli, budget: str, said: str) -> None:
    whole = "tokens: 900, when_over: pause, role: manager, timeout: 2d"
    Path("triage.yaml").write_text(FLOW.replace(whole, budget))
    assert said in cli("validate", "triage.yaml").out


def test_a_word_reaches_a_run_whose_worker_was_killed(run: str, tmp_path: Path, cli: Cli) -> None:
    """What waits is in the store alone: with real processes, one of which is killed."""
    auterity = Path(sys.executable).with_name("auterity")
    quiet = subprocess.DEVNULL
    with subprocess.Popen([auterity, "worker"], stdout=quiet, stderr=quiet) as worker:
        time.sleep(1.5)  # it has looked at what is due by now
        os.kill(worker.pid, signal.SIGKILL)
    command = [auterity, "approve", run, "intent", "--as", "ann", "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(ended.stdout)["output"] == {"label": "price"}
    told = [json.loads(each) for each in cli("runs", "events", run, "--json").out.splitlines()]
    said = [each for each in told if each["event"] == "BudgetAnswered"]
    assert [(each["by"], each["approved"]) for each in said] == [("ann", True)]
