"""`auterity plan` and `auterity runs migrate`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

OLD = """\
auterity: 1
name: lend
input: {amount: {type: number, default: 100}}
steps:
  desk: {approve: {role: manager, title: "Pay?", timeout: 1d}}
  tell: {needs: desk.approved, uses: task.assign, with: {role: bdc, due: 5m, title: old}}
ends: {told: tell, no: {any: [desk.rejected, desk.timeout]}}
output: {end: "${run.end}"}
"""
NEW = OLD.replace("title: old", "title: new")


@pytest.fixture(autouse=True)
def files(cli: Cli) -> None:
    Path("old.yaml").write_text(OLD)
    Path("new.yaml").write_text(NEW)
    Path("later.yaml").write_text(NEW.replace("timeout: 1d", "timeout: 2d"))


def waiting(cli: Cli) -> str:
    assert cli("run", "old.yaml").code == 6
    run_id: str = json.loads(cli("runs", "list", "--json").out)[0]["run_id"]
    return run_id


def test_a_plan_shows_what_differs_and_each_run_with_its_verdict(cli: Cli) -> None:
    run = waiting(cli)
    found = cli("plan", "new.yaml", "--exit-code")
    assert found.code == 8, found.err
    assert "~ step tell" in found.out
    assert 'with.title was "old" is "new"' in found.out
    assert f"safe    {run}  waiting" in found.out
    assert "→ auterity runs migrate --all --to new.yaml" in found.err
    data = json.loads(cli("plan", "later.yaml", "--json").out)
    [version] = data["versions"]
    assert version["difference"]["steps"]["changed"][0]["step"] == "desk"
    assert version["runs"] == [
        {
            "run_id": run,
            "status": "waiting",
            "move": "stay",
            "reason": "`desk` has not ended, and is changed",
        }
    ]
    assert cli("plan", "old.yaml", "--exit-code").code == 0


def test_runs_are_moved_where_that_is_safe(cli: Cli) -> None:
    one, other = waiting(cli), waiting(cli)
    stays = cli("runs", "migrate", one, "--to", "later.yaml")
    assert stays.code == 1
    assert "stay" in stays.out
    moved = cli("runs", "migrate", one, "--to", "new.yaml", "--json")
    assert moved.code == 0, moved.err
    assert json.loads(moved.out) == [{"run_id": one, "moved": True, "move": "safe", "reason": ""}]
    every = cli("runs", "migrate", "--all", "--to", "new.yaml")
    assert (every.code, every.out.split()) == (0, ["safe", other, "moved"])
    assert "RunMigrated" in cli("runs", "events", one).out
    assert cli("approve", one, "desk").code == 0
    assert "new" in cli("outbox", "--channel", "task").out
    assert cli("plan", "new.yaml", "--exit-code").code == 0
    assert cli("runs", "replay", one).code == 0


def test_wrong_words_are_told(cli: Cli) -> None:
    run = waiting(cli)
    assert cli("runs", "migrate", "--to", "new.yaml").code == 2
    assert cli("runs", "migrate", run, "--all", "--to", "new.yaml").code == 2
    assert "write --map OLD=NEW" in cli("plan", "new.yaml", "--map", "a").err
    assert cli("plan", "new.yaml", "--map", "desk=nope").code == 2
    Path("bad.yaml").write_text(NEW.replace("desk.approved", "desk.aproved"))
    assert cli("plan", "bad.yaml").code == 1
