"""`auterity runs show`, `events`, `tail`, `replay`, `fork`: runs looked at, personal data masked."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from auterity_sdk.runtime.clock import SystemClock
from tests.cli.conftest import Cli

TEXT = """\
auterity: 1
name: looked-at
input: {phone: string, n: {type: integer, default: 3}}
steps:
  a: {uses: our.flaky, with: {times: 2, note: "for ${input.phone}"}, retry: {attempts: 3, initial: 1ms}}
  pick:
    needs: a
    switch: {low: input.n < 10, high: else}
  b: {needs: pick.low, uses: our.refuse, with: {text: "${input.phone} is wrong"}}
  c: {needs: pick.high, uses: our.refuse, with: {text: x}}
output: {phone: "${input.phone}"}
"""
STEPS = """\
from auterity_sdk import Output, StepContext, StepError, step

class Said(Output):
    note: str

@step(name="our.flaky")
def flaky(context: StepContext, times: int, note: str = "") -> Said:
    if context.attempt < times:
        raise StepError(f"busy: {note}", type="network", retryable=True)
    return Said(note=note)

@step(name="our.refuse")
def refuse(text: str) -> None:
    raise StepError(f"refused: {text}", type="refused")
"""
PHONE = "+14195550188"
WAITS = "auterity: 1\nname: waits\nsteps:\n  w: {receive: {event: go, timeout: 1h}}\nends: {ok: w.received, no: w.timeout}\n"


@pytest.fixture(autouse=True)
def project(cli: Cli) -> None:
    Path("auterity.toml").write_text('[project]\nsteps = ["our_steps"]\n')
    Path("our_steps.py").write_text(STEPS)
    Path("x.yaml").write_text(TEXT)
    Path("waits.yaml").write_text(WAITS)


def failed(cli: Cli) -> str:
    assert cli("run", "x.yaml", "-i", f"phone={PHONE}").code == 1
    run_id: str = json.loads(cli("runs", "list", "--json").out)[0]["run_id"]
    return run_id


def test_show_tells_attempts_and_values_masked_unless_asked_for(cli: Cli) -> None:
    failed(cli)
    shown = cli("runs", "show")
    assert PHONE not in shown.out + shown.err
    lines = [" ".join(line.split()) for line in shown.out.splitlines()]
    assert 'input phone="[contact]" n=3' in lines
    assert 'with times=2 note="for [contact]"' in lines
    assert any(
        line.startswith("attempt 1 took") and "network: busy: for [contact]" in line
        for line in lines
    )
    assert any(line.startswith("attempt 2 took") for line in lines)
    assert PHONE not in cli("runs", "show", "--json").out
    revealed = cli("runs", "show", "--reveal")
    assert f'input phone="{PHONE}" n=3' in " ".join(revealed.out.split())
    data = json.loads(cli("runs", "show", "--reveal", "--json").out)
    assert data["input"]["phone"] == PHONE
    assert [each["number"] for each in data["steps"][0]["attempts"]] == [1, 2]


def test_events_are_lines_for_people_and_for_programs(cli: Cli) -> None:
    run = failed(cli)
    found = cli("runs", "events", run)
    assert (found.code, PHONE in found.out) == (0, False)
    lines = found.out.splitlines()
    assert f"{len(lines)} events" in found.err
    assert "RunStarted" in lines[0]
    assert "RunEnded" in lines[-1]
    data = [json.loads(line) for line in cli("runs", "events", run[:8], "--json").out.splitlines()]
    assert [each["seq"] for each in data] == list(range(1, len(lines) + 1))
    assert data[0]["input"]["phone"] == "[contact]"
    assert data[0]["time"].startswith("20")
    assert {"format", "run_id", "event", "at"} <= set(data[0])
    assert PHONE in cli("runs", "events", "--json", "--reveal").out


def test_a_guarantee_that_was_not_kept_is_told_wherever_a_run_is_looked_at(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence = "w.received within 20m of start"
    Path("late.yaml").write_text(WAITS + f"guarantees: [{sentence}]\n")
    assert cli("run", "late.yaml").code == 6
    now = SystemClock.now
    monkeypatch.setattr(SystemClock, "now", lambda clock: now(clock) + 40 * 60_000)
    carried_on = cli("runs", "resume")
    assert (carried_on.code, f"not kept: {sentence}" in carried_on.err) == (6, True)
    shown = cli("runs", "show")
    assert f": {sentence}" in shown.out
    assert "not kept by" in shown.out
    (breach,) = json.loads(cli("runs", "show", "--json").out)["breaches"]
    assert (breach["guarantee"], breach["scope"]) == (sentence, "")
    assert "a guarantee was not kept" in cli("runs", "list").out
    assert json.loads(cli("runs", "list", "--json").out)[0]["breaches"] == 1
    assert "GuaranteeBreached" in cli("runs", "events").out
    assert cli("send", "go").code == 0
    assert json.loads(cli("runs", "show", "--json").out)["status"] == "succeeded"


def test_replay_shows_the_run_as_it_stood(cli: Cli) -> None:
    failed(cli)
    data = [json.loads(line) for line in cli("runs", "events", "--json").out.splitlines()]
    picked = next(each["seq"] for each in data if each.get("step") == "pick")
    shown = cli("runs", "replay", "--to", str(picked - 1), "--json")
    assert shown.code == 0, shown.err
    found = json.loads(shown.out)
    states = {step["path"]: step["state"] for step in found["steps"]}
    assert states == {"a": "ok", "pick": "not started", "b": "not started", "c": "not started"}
    assert found["divergence"] is None
    whole = cli("runs", "replay")
    assert f"all {len(data)} events are decided so today" in whole.err
    assert cli("runs", "replay", "--to", "999").code == 2


def test_replay_names_the_first_event_that_would_be_another_one_today(cli: Cli) -> None:
    failed(cli)
    # The journal's own file refuses a change; a journal that was written elsewhere may hold anything.
    import sqlite3

    with sqlite3.connect(".auterity/runs.db") as database:
        database.execute("DROP TRIGGER journal_keeps_its_past")
        changed = database.execute(
            "UPDATE journal SET line = replace(line, '\"low\"', '\"high\"') WHERE line LIKE '%\"pick\"%'"
        )
        assert changed.rowcount == 1
    database.close()
    differs = cli("runs", "replay", "--to", "1")
    assert differs.code == 1
    assert "StepEnded pick with another outcome" in differs.err


def test_fork_keeps_what_is_done_and_says_so(cli: Cli) -> None:
    run = failed(cli)
    Path("new.yaml").write_text(
        TEXT.replace(
            'uses: our.refuse, with: {text: "${', 'uses: our.flaky, with: {times: 1, note: "${'
        )
    )
    forked = cli("runs", "fork", run, "--from", "b", "--with", "new.yaml")
    assert forked.code == 0, forked.err
    assert f"forked from {run}; kept: a, pick; run again: b" in forked.err
    assert json.loads(forked.out) == {"phone": PHONE}
    assert (
        f'run="{run}" step="b"' in " ".join(cli("runs", "events").out.split())
        or "RunForked b" in cli("runs", "events").out
    )
    assert cli("runs", "replay").code == 0
    Path("new.yaml").write_text(TEXT.replace("pick.low", "pick.lwo"))
    assert cli("runs", "fork", run, "--from", "b", "--with", "new.yaml").code == 1
    assert cli("runs", "fork", run, "--from", "nope").code == 2


def test_tail_follows_a_run_that_another_process_ends(cli: Cli) -> None:
    assert cli("run", "waits.yaml").code == 6
    command = [sys.executable, "-m", "auterity_cli", "runs", "tail", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as tail:
        watchdog = threading.Timer(60, tail.kill)
        watchdog.start()
        assert tail.stdout is not None
        first = json.loads(tail.stdout.readline())
        assert (first["seq"], first["event"]) == (1, "RunStarted")
        assert cli("send", "go").code == 0
        rest = [json.loads(line)["event"] for line in tail.stdout]
        watchdog.cancel()
    assert (rest[-1], tail.returncode) == ("RunEnded", 0)


def test_ctrl_c_ends_the_following_and_not_the_run(cli: Cli) -> None:
    assert cli("run", "waits.yaml").code == 6
    command = [sys.executable, "-m", "auterity_cli", "runs", "tail"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as tail:
        watchdog = threading.Timer(60, tail.kill)
        watchdog.start()
        assert tail.stdout is not None
        for _ in range(2):
            tail.stdout.readline()
        tail.send_signal(signal.SIGINT)
        _, err = tail.communicate()
        watchdog.cancel()
    assert tail.returncode == 130
    assert "no longer following" in err
    assert "Traceback" not in err
    assert json.loads(cli("runs", "list", "--json").out)[0]["status"] == "waiting"


def test_a_lost_seal_key_ends_with_its_place_and_code_5(cli: Cli) -> None:
    Path("x.yaml").write_text(TEXT.replace("{phone: string,", "{phone: string, ssn: string,"))
    cli("run", "x.yaml", "-i", f"phone={PHONE}", "-i", "ssn=219-09-9999")
    assert b"219-09-9999" not in Path(".auterity/runs.db").read_bytes()
    assert 'ssn="[government_id]"' in cli("runs", "show").out
    assert 'ssn="219-09-9999"' in cli("runs", "show", "--reveal").out
    Path(".auterity/seal.key").unlink()
    lost = cli("runs", "show")
    assert lost.code == 5
    assert "seal.key is missing" in lost.err
    assert "help: put it back from a backup" in lost.err
    assert cli("runs", "list").code == 0
    Path("auterity.toml").write_text('[store]\nseal_key = "vault"\n')
    assert cli("runs", "list").code == 2
