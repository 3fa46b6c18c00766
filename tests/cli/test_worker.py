"""`auterity worker` serves workflows: their schedules and events start runs."""

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

GREET = """\
auterity: 1
name: greet
input: {lead: string}
triggers:
  - event: {type: lead.created, match: event.lead != ''}
steps:
  call: {uses: task.assign, with: {role: bdc, due: 5m, title: "Call ${input.lead}"}}
"""
NIGHTLY = """\
auterity: 1
name: nightly
input: {day: string}
triggers:
  - schedule: {cron: "0 8 * * *", timezone: America/Chicago}
    input: {day: "${string(event.due)}"}
steps:
  count: {uses: task.assign, with: {role: desk, due: 1h, title: "Count ${input.day}"}}
"""


def runs(cli: Cli) -> list[tuple[str, str]]:
    found = json.loads(cli("runs", "list", "--json").out)
    return sorted((each["workflow"], each["status"]) for each in found)


def test_what_is_sent_starts_runs_of_the_projects_workflows(cli: Cli) -> None:
    Path("workflows").mkdir()
    Path("workflows/greet.yaml").write_text(GREET)
    Path("workflows/broken.yaml").write_text(GREET.replace("bdc", "${nobody}"))
    Path("workflows/plain.yaml").write_text(
        GREET.replace("triggers", "labels").partition("  - ")[0]
    )
    started = cli("worker", "--once")
    assert started.code == 0
    assert "not served: " in started.err
    assert "broken.yaml:7:" in started.err
    sent = cli("send", "lead.created", "lead=Kim", "--id", "m1")
    assert sent.code == 0
    assert sent.err == "the event may start runs of greet, which a worker begins\n"
    cli("send", "lead.created", "lead=Kim", "--id", "m1")
    cli("send", "lead.created", "lead=")
    cli("send", "lead.created", "name=Kim")
    assert runs(cli) == []
    worked = cli("worker", "--once")
    assert worked.code == 0
    assert "greet  no run was started: " in worked.err
    assert runs(cli) == [("greet", "succeeded")]
    assert cli("worker", "--once").err.count("started") == 0
    assert cli("worker", "--once", "--no-triggers").err == ""


def test_named_files_are_served_and_must_be_right(cli: Cli) -> None:
    Path("one.yaml").write_text(GREET)
    Path("two.yaml").write_text(GREET)
    Path("broken.yaml").write_text(GREET.replace("bdc", "${nobody}"))
    refused = cli("worker", "--once", "one.yaml", "broken.yaml")
    assert refused.code == 1
    assert "broken.yaml:7:" in refused.err
    twice = cli("worker", "--once", "one.yaml", "two.yaml")
    assert twice.code == 1
    assert "two.yaml and one.yaml are both the workflow `greet`" in twice.err
    assert cli("worker", "--once", "nowhere.yaml").code == 2
    assert cli("worker", "--once", "one.yaml").code == 0
    assert "may start runs of greet" in cli("send", "lead.created", "lead=Kim").err


def test_a_schedule_is_fired_by_the_clock(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("nightly.yaml").write_text(NIGHTLY)
    for now, found in (
        ("2026-11-22T20:00:00-06:00", 0),
        ("2026-11-23T08:00:01-06:00", 1),
        ("2026-11-23T09:00:00-06:00", 1),
        ("2026-11-26T07:00:00-06:00", 2),
    ):
        monkeypatch.setenv("AUTERITY_NOW", now)
        assert cli("worker", "--once", "nightly.yaml").code == 0
        assert len(runs(cli)) == found
    titles = cli("outbox").out
    assert "Count 2026-11-23T14:00:00Z" in titles
    assert "Count 2026-11-25T14:00:00Z" in titles


def test_a_worker_that_stays_says_what_it_serves(cli: Cli) -> None:
    Path("greet.yaml").write_text(GREET)
    command = [sys.executable, "-m", "auterity_cli", "worker", "greet.yaml"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ}) as worker:
        assert worker.stderr is not None
        try:
            assert worker.stderr.readline() == "serves greet\n"
            assert worker.stderr.readline() == "working; Ctrl-C ends it\n"
            cli("worker", "--once", "--no-triggers")
            deadline = time.monotonic() + 60
            while "may start" not in cli("send", "lead.created", "lead=Kim").err:
                assert time.monotonic() < deadline
            while ("greet", "succeeded") not in runs(cli) and time.monotonic() < deadline:
                time.sleep(0.2)
        finally:
            worker.send_signal(signal.SIGTERM)
    assert worker.returncode == 0
    assert runs(cli) == [("greet", "succeeded")]
