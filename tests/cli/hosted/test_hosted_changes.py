"""Runs of a server changed by hand: plan, migrate, fork, replay, resume, by the commands that serve this machine."""

import json
import re

from auterity_cli.exit_codes import ExitCode
from tests.cli.hosted.conftest import Desk
from tests.server.files import DESK, PAUSE


def begin(desk: Desk) -> str:
    """A run that waits for a manager."""
    desk.write("workflows/desk.yaml", DESK)
    assert desk("push").code == ExitCode.OK
    started = desk("trigger", "desk", "-i", "customer=Ann", "-i", "amount=3", "--detach")
    assert started.code == ExitCode.OK, started.err
    run = started.out.strip()
    assert re.fullmatch(r"[0-9a-f]+", run)
    desk.there("runs", "resume", run)
    return run


def test_a_plan_says_what_becomes_of_the_servers_runs_and_migrate_moves_them(desk: Desk) -> None:
    run = begin(desk)
    file = desk.write("workflows/desk.yaml", DESK.replace("due: 1h", "due: 2h"))
    planned = desk.there("plan", str(file), "--json")
    assert planned.code == ExitCode.OK, planned.err
    [version] = json.loads(planned.out)["versions"]
    assert [(each["run_id"], each["move"]) for each in version["runs"]] == [(run, "safe")]
    assert version["difference"]["steps"]
    shown = desk.there("plan", str(file), "--exit-code")
    assert shown.code == ExitCode.CHANGES
    assert f"safe    {run}  waiting" in shown.out
    assert "runs migrate --all --name desk --context smith, once it is pushed" in shown.err
    assert desk("push").code == ExitCode.OK
    moved = desk.there("runs", "migrate", "--all", "--name", "desk", "--json")
    assert moved.code == ExitCode.OK, moved.err
    assert [(each["run_id"], each["moved"]) for each in json.loads(moved.out)] == [(run, True)]
    again = desk.there("runs", "migrate", run)
    assert again.code == ExitCode.FINDINGS
    assert "it goes by this version already" in again.out
    desk.there("approve", run, "manager")
    shown = desk.there("runs", "show", run, "--json")
    assert json.loads(shown.out)["status"] == "succeeded"


def test_a_run_that_is_over_is_forked(desk: Desk) -> None:
    run = begin(desk)
    early = desk.there("runs", "fork", run, "--from", "offer")
    assert early.code == ExitCode.USAGE
    assert "is not over" in early.err
    desk.there("approve", run, "manager")
    forked = desk.there("runs", "fork", run, "--from", "offer")
    assert forked.code == ExitCode.OK, forked.err
    assert "kept: manager; run again: offer" in forked.err
    assert "succeeded: offered" in forked.err
    unknown = desk.there("runs", "fork", run, "--from", "offer", "--version", "ffff")
    assert unknown.code == ExitCode.USAGE
    local = desk("runs", "fork", run, "--from", "offer", "--version", "ffff")
    assert "--version is for a server" in local.err


def test_a_run_is_replayed_to_an_event(desk: Desk) -> None:
    run = begin(desk)
    whole = desk.there("runs", "replay", run)
    assert whole.code == ExitCode.OK, whole.err
    assert "events are decided so today" in whole.err
    first = desk.there("runs", "replay", run, "--to", "1", "--json")
    data = json.loads(first.out)
    assert (data["event"], data["divergence"]) == (1, None)
    assert [each["state"] for each in data["steps"]] == ["not started", "not started"]
    assert desk.there("runs", "replay", run, "--to", "999").code == ExitCode.USAGE


def test_a_run_that_waits_is_looked_at_again(desk: Desk) -> None:
    run = begin(desk)
    resumed = desk.there("runs", "resume", run)
    assert resumed.code == 6
    assert "waits for an approval by sales_manager" in resumed.out + resumed.err
    assert desk.there("runs", "resume", "nothing").code == ExitCode.USAGE


def test_who_may_not_change_runs_is_told(desk: Desk) -> None:
    run = begin(desk)
    desk.become("viewer")
    for words in (
        ["resume", run],
        ["settle", run, "manager", "failed"],
        ["fork", run, "--from", "offer"],
        ["migrate", run],
    ):
        found = desk.there("runs", *words)
        assert found.code != ExitCode.OK
        assert "runs:change" in found.err, words
    assert desk.there("runs", "replay", run).code == ExitCode.OK


def test_a_step_that_is_in_no_doubt_is_not_settled(desk: Desk) -> None:
    run = begin(desk)
    found = desk.there("runs", "settle", run, "manager", "failed")
    assert found.code == ExitCode.USAGE
    assert "waits for nobody to settle it" in found.err


def test_a_plan_of_what_is_not_there_yet_is_empty(desk: Desk) -> None:
    file = desk.write("workflows/pause.yaml", PAUSE)
    found = desk.there("plan", str(file))
    assert found.code == ExitCode.OK, found.err
    assert "no run of pause waits or runs by another version" in found.err
