"""`auterity triggers`: what starts runs, when next, and what it started last."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.test_worker import GREET, NIGHTLY


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    Path("workflows").mkdir()
    Path("workflows/greet.yaml").write_text(GREET)
    Path("workflows/nightly.yaml").write_text(NIGHTLY)
    monkeypatch.setenv("AUTERITY_NOW", "2026-11-23T12:00:00Z")
    return monkeypatch


def test_before_a_worker_serves_them_they_do_not_count(cli: Cli, at: pytest.MonkeyPatch) -> None:
    shown = cli("triggers")
    assert shown.code == 0, shown.err
    assert shown.out == (
        "greet\n  event lead.created  counts once a worker serves it\n"
        "nightly\n  schedule 0 8 * * * America/Chicago  counts once a worker serves it\n"
    )
    assert shown.err == "2 triggers\n"


def test_what_is_next_and_what_came_of_the_last_ones(cli: Cli, at: pytest.MonkeyPatch) -> None:
    cli("worker", "--once", "--quiet")
    at.setenv("AUTERITY_NOW", "2026-11-23T15:00:00Z")
    cli("send", "lead.created", "lead=Kim")
    at.setenv("AUTERITY_NOW", "2026-11-23T15:00:01Z")
    cli("send", "lead.created", "lead=")
    shown = cli("triggers").out
    assert (
        "  schedule 0 8 * * * America/Chicago  next 2026-11-24 08:00, 1 to make up for\n" in shown
    )
    assert shown.count("no worker has looked at it yet") == 2
    cli("worker", "--once", "--quiet")
    started = {
        run["workflow"]: run["run_id"] for run in json.loads(cli("runs", "list", "--json").out)
    }
    assert cli("triggers").out == (
        "greet\n"
        "  event lead.created\n"
        "    2026-11-23 15:00:01  does not match\n"
        f"    2026-11-23 15:00:00  started {started['greet']}\n"
        "nightly\n"
        "  schedule 0 8 * * * America/Chicago  next 2026-11-24 08:00\n"
        f"    2026-11-23 08:00:00  started {started['nightly']}\n"
    )
    assert "does not match" in cli("triggers", "--last", "1", "workflows/greet.yaml").out
    assert "started" not in cli("triggers", "--last", "1", "workflows/greet.yaml").out


def test_a_program_reads_them(cli: Cli, at: pytest.MonkeyPatch) -> None:
    cli("worker", "--once", "--quiet")
    at.setenv("AUTERITY_NOW", "2026-11-23T14:00:00Z")
    cli("worker", "--once", "--quiet")
    greet, nightly = json.loads(cli("triggers", "--json").out)
    assert greet == {
        "workflow": "greet",
        "kind": "event",
        "fires": "lead.created",
        "timezone": None,
        "served": True,
        "next": None,
        "to_make_up": 0,
        "firings": [],
    }
    assert (nightly["next"], nightly["to_make_up"]) == ("2026-11-24T08:00:00-06:00", 0)
    (fired,) = nightly["firings"]
    assert (fired["came"], fired["state"]) == ("2026-11-23T08:00:00-06:00", "started")
    assert cli("runs", "show", fired["run_id"]).code == 0


def test_a_workflow_with_errors_is_told_and_the_others_are_shown(
    cli: Cli, at: pytest.MonkeyPatch
) -> None:
    Path("workflows/broken.yaml").write_text(GREET.replace("bdc", "${nobody}"))
    shown = cli("triggers")
    assert (shown.code, shown.out.splitlines()[0]) == (0, "greet")
    assert "not served: " in shown.err
    assert "broken.yaml:7:" in shown.err
    assert cli("triggers", "workflows/broken.yaml").code != 0
