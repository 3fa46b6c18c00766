"""`auterity runs settle`: a person says how a step ended of which nobody knew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli

PAY = """\
from auterity_sdk import Output, step
from auterity_sdk.errors import StepError


class Paid(Output):
    receipt: str


@step(name="our.pay", idempotent=False)
def pay(amount: float) -> Paid:
    \"\"\"Pay; the line breaks before the answer.\"\"\"
    raise StepError("the line broke", type="effect_unknown")
"""
FLOW = """\
auterity: 1
name: pay
steps:
  pay: {uses: our.pay, with: {amount: 5}, timeout: 30m}
  note: {needs: pay, uses: task.assign, with: {role: bdc, title: "${pay.receipt}", due: 5m}, timeout: 1m}
output: {receipt: "${pay.receipt}"}
"""


@pytest.fixture
def run(cli: Cli) -> str:
    """A run that waits for somebody to settle `pay`."""
    Path("auterity.toml").write_text('[project]\nsteps = ["our_steps"]\n')
    Path("our_steps.py").write_text(PAY)
    Path("pay.yaml").write_text(FLOW)
    waits = cli("run", "pay.yaml")
    assert waits.code == 6, waits.err
    (found,) = json.loads(cli("runs", "list", "--json").out)
    assert found["status"] == "uncertain"
    name: str = found["run_id"]
    assert "pay: may have had its effect, and waits for a person who settles it" in waits.err
    assert "the line broke" in waits.err
    assert "its OUTCOME is one of ok, failed, retry" in waits.err
    assert f"→ auterity runs settle {name} pay OUTCOME --attempt 1\n" in waits.err
    return name


def events(cli: Cli, run: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in cli("runs", "events", run, "--json").out.splitlines()]


def test_it_is_shown_listed_and_settled(cli: Cli, run: str) -> None:
    assert cli("runs", "list", "--status", "waiting").out == ""
    assert run in cli("runs", "list", "--status", "uncertain").out
    shown = cli("runs", "show", run)
    assert "? pay" in shown.out
    settled = cli(
        *("runs", "settle", run, "pay", "ok", "--output", '{"receipt": "r-7"}'),
        *("--by", "ann", "--reason", "it is on the statement"),
    )
    assert settled.code == 0, settled.err
    assert json.loads(settled.out) == {"receipt": "r-7"}
    said = next(each for each in events(cli, run) if each["event"] == "StepSettled")
    wanted = {"step": "pay", "outcome": "ok", "by": "ann", "reason": "it is on the statement"}
    assert {name: said[name] for name in wanted} == wanted
    assert said["attempt"] == 1
    assert cli("runs", "replay", run).code == 0


def test_settled_as_failed_the_run_fails_with_the_reason(cli: Cli, run: str) -> None:
    settled = cli("runs", "settle", run, "pay", "failed", "--reason", "no money has moved")
    assert settled.code == 1
    assert "settled: it was settled as failed: no money has moved" in settled.err


def test_settled_as_retry_it_is_tried_again(cli: Cli, run: str) -> None:
    again = cli("runs", "settle", run, "pay", "retry")
    assert again.code == 6, again.err
    assert "pay: uncertain: the line broke" in again.err
    assert cli("runs", "show", run).out.count("attempt 2") >= 1


def test_said_twice_of_one_attempt_it_is_tried_again_once(cli: Cli, run: str) -> None:
    for _ in range(2):
        again = cli("runs", "settle", run, "pay", "retry", "--attempt", "1")
    assert again.code == 2
    assert "the attempt 1 of `pay` has been settled: 2 is in doubt now" in again.err
    assert "attempt 3" not in cli("runs", "show", run).out
    assert cli("runs", "settle", run, "pay", "failed", "--attempt", "2").code == 1


def test_what_cannot_be_said_is_refused_with_what_can(cli: Cli, run: str) -> None:
    for arguments, told in (
        (("pay", "ok"), "bad output of `our.pay`: receipt: Field required"),
        (("pay", "ok", "--output", "{"), "--output is no JSON"),
        (("pay", "ok", "--output", "[]"), "--output is no JSON object"),
        (("pay", "gone"), "cannot be settled as `gone`"),
        (("pay", "retry", "--output", "{}"), "has no output"),
        (("note", "ok"), "it has not begun"),
        (("nothing", "ok"), "has no step `nothing`"),
    ):
        refused = cli("runs", "settle", run, *arguments)
        assert refused.code == 2, arguments
        assert told in refused.err
    assert cli("runs", "list", "--status", "uncertain").out != ""
