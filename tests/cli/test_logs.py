"""`auterity logs` over the runs of this machine: in the order of recording, masked, and as they come."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli

PHONE = "+16145550172"
QUICK = """auterity: 1
name: quick
input: {phone: {type: string, x-data-class: contact}}
steps: {pause: {wait: 1ms}}
output: {said: "Hello ${input.phone}"}
"""
WAITS = """auterity: 1
name: waits
steps: {answer: {receive: {event: go, timeout: 2d}}}
ends: {answered: answer.received, late: answer.timeout}
"""


@pytest.fixture(autouse=True)
def _workflows(cli: Cli) -> None:
    Path("quick.yaml").write_text(QUICK, encoding="utf-8")
    Path("waits.yaml").write_text(WAITS, encoding="utf-8")


def logged(cli: Cli, *options: str) -> list[dict[str, Any]]:
    done = cli("logs", "--json", *options)
    assert done.code == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


@contextmanager
def following(*options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "auterity_cli", "logs", "-f", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        watchdog = threading.Timer(60, process.kill)
        watchdog.start()
        try:
            yield process
        finally:
            process.kill()
            watchdog.cancel()


def test_all_runs_are_told_in_the_order_of_recording(cli: Cli) -> None:
    assert cli("run", "waits.yaml").code == 6
    assert cli("run", "quick.yaml", "-i", f"phone={PHONE}").code == 0
    assert cli("send", "go").code == 0
    waits, quick = (each["run_id"] for each in logged(cli, "--kind", "RunStarted"))
    found = logged(cli)
    assert [each["position"] for each in found] == [*range(1, len(found) + 1)]
    order = [each["run_id"] for each in found]
    assert (order[0], order[-1]) == (waits, waits), "the first run went on after the other"
    assert order.count(quick) == len(logged(cli, quick[:8])) == len(logged(cli, "-w", "quick"))
    assert [each["run_id"] for each in logged(cli, "--kind", "RunEnded")] == [quick, waits]
    assert logged(cli, "--last", "2") == found[-2:]
    assert logged(cli, "--since", "1h") == found
    assert logged(cli, quick, "--last", "1")[0]["event"] == "RunEnded"
    lines = cli("logs").out.splitlines()
    assert len(lines) == len(found)
    assert f"{waits}  waits  RunStarted" in lines[0]
    assert "StepStarted answer" in "".join(lines)


def test_what_is_personal_is_masked(cli: Cli) -> None:
    assert cli("run", "quick.yaml", "-i", f"phone={PHONE}").code == 0
    for options in ((), ("--json",), ("--last", "1")):
        told = cli("logs", *options).out
        assert PHONE not in told
        assert "[contact]" in told
    assert PHONE in cli("logs", "--reveal").out


def test_what_cannot_be_asked_is_refused(cli: Cli) -> None:
    for options, said in (
        (("--kind", "RunBegan"), "RunBegan"),
        (("--since", "10"), "--since"),
        (("abc", "--workflow", "quick"), "one workflow"),
        (("nothing",), "nothing"),
    ):
        refused = cli("logs", *options)
        assert refused.code == 2, options
        assert said in refused.err


def test_it_goes_on_with_what_other_processes_record_until_ctrl_c(cli: Cli) -> None:
    assert cli("run", "waits.yaml").code == 6
    with following("--json", "--last", "1") as process:
        assert process.stdout is not None
        before = json.loads(process.stdout.readline())
        assert cli("run", "quick.yaml", "-i", f"phone={PHONE}").code == 0
        found: list[dict[str, Any]] = []
        while not found or found[-1]["event"] != "RunEnded":
            found.append(json.loads(process.stdout.readline()))
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert found[0]["position"] == before["position"] + 1
    assert {each["workflow"] for each in found} == {"quick"}
    assert process.returncode == 130
    assert "no longer following" in err
    assert "Traceback" not in err


def test_one_run_is_followed_to_its_end(cli: Cli) -> None:
    assert cli("run", "waits.yaml").code == 6
    run = json.loads(cli("runs", "list", "--json").out)[0]["run_id"]
    with following(run, "--json") as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "RunStarted"
        assert cli("send", "go").code == 0
        rest = [json.loads(line)["event"] for line in process.stdout]
        assert process.wait(20) == 0
    assert rest[-1] == "RunEnded"
    assert cli("logs", run, "-f", "--last", "0").code == 0
