"""`auterity run`, `runs`, `approve`, `send`: runs of a project, over several processes."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli, Ended

ROOT = Path(__file__).parents[2]
ASK = """\
auterity: 1
name: ask
input:
  amount: {type: number, default: 100}
  phone: {type: string, default: ""}
steps:
  desk:
    when: input.amount > 50
    approve: {role: manager, title: "Pay ${input.amount}?", form: {note: string}, timeout: 1d}
  reply:
    needs: desk.approved
    receive: {event: sms.received, match: event.from == input.phone, timeout: 1d}
ends:
  small: desk.skipped
  refused: {any: [desk.rejected, desk.timeout]}
  silent: reply.timeout
  answered: reply.received
output:
  end: ${run.end}
  phone: ${input.phone}
  note: ${desk.?note.orValue('')}
"""


@pytest.fixture(autouse=True)
def file(cli: Cli) -> None:
    Path("ask.yaml").write_text(ASK)


def last(cli: Cli) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(cli("runs", "show", "--reveal", "--json").out)
    return found


def output(ended: Ended) -> Any:
    return json.loads(ended.out)


def test_a_run_that_ends_gives_its_output(cli: Cli) -> None:
    ended = cli("run", "ask.yaml", "--input", "amount=5", "-i", "phone=0123")
    assert ended.code == 0, ended.err
    assert output(ended) == {"end": "small", "phone": "0123", "note": ""}
    assert ended.err.splitlines()[-1] == "succeeded: small"


def test_a_run_is_approved_and_answered_from_other_processes(cli: Cli) -> None:
    waits = cli("run", "ask.yaml", "--requester", "ann", "-i", "phone=+14195550188")
    assert waits.code == 6
    assert "desk: waits for an approval by manager" in waits.err
    assert "Pay 100?" in waits.err
    run = last(cli)["run_id"]
    assert f"→ auterity approve {run} desk" in waits.err
    assert cli("approve", run, "desk", "--role", "clerk").code == 2
    approved = cli("approve", run, "note=fine", "--as", "bob")
    assert approved.code == 6, approved.err
    assert "reply: waits for sms.received" in approved.err
    other = cli("send", "sms.received", "from=+1", "body=hi")
    assert other.code == 0
    assert "is kept" in other.err
    ended = cli("send", "sms.received", "from=+14195550188", "--id", "e1")
    assert ended.code == 0, ended.err
    assert output(ended) == {"end": "answered", "phone": "+14195550188", "note": "fine"}
    assert "came before" in cli("send", "sms.received", "from=+14195550188", "--id", "e1").err


def test_a_rejection_and_a_cancel_end_a_run(cli: Cli) -> None:
    cli("run", "ask.yaml")
    ended = cli("approve", last(cli)["run_id"], "--reject")
    assert output(ended)["end"] == "refused"
    cli("run", "ask.yaml")
    run = last(cli)["run_id"]
    assert cli("runs", "cancel", run).code == 1
    assert last(cli)["status"] == "cancelled"
    assert cli("runs", "cancel", run).code == 0
    assert cli("approve", run).code == 2


def test_runs_are_listed_and_shown(cli: Cli) -> None:
    cli("run", "ask.yaml", "-i", "amount=5")
    cli("run", "ask.yaml")
    listed = cli("runs", "list").out.splitlines()
    assert ["succeeded" in line for line in listed] == [False, True]
    assert "for" not in listed[0].split("ask")[1]
    (listed,) = json.loads(cli("runs", "list", "--status", "waiting", "--json").out)
    shown = json.loads(cli("runs", "show", listed["run_id"], "--json").out)
    assert listed["started_at"] == shown["started_at"]
    assert listed["due"] == shown["waiting"][0]["until"]
    assert listed["ended_at"] is None
    shown = cli("runs", "show")
    assert shown.code == 0
    assert shown.out.splitlines()[0].startswith("ask  ")
    assert "◷ desk" in shown.out


def test_a_timeout_that_came_due_meanwhile_is_met_by_resume(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTERITY_NOW", "2026-11-24T10:00:00-05:00")
    cli("run", "ask.yaml")
    assert cli("runs", "resume").code == 6
    monkeypatch.setenv("AUTERITY_NOW", "2026-11-25T10:00:01-05:00")
    ended = cli("runs", "resume")
    assert (ended.code, output(ended)["end"]) == (0, "refused")


def test_a_file_with_an_error_does_not_run(cli: Cli) -> None:
    Path("bad.yaml").write_text(ASK.replace("desk.skipped", "desk.skiped"))
    ended = cli("run", "bad.yaml")
    assert (ended.code, ended.out) == (1, "")
    assert "AUT319" in ended.err
    assert "the workflow was not run" in ended.err
    assert not Path(".auterity").exists()


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (["amount=much"], "`input.amount` must be number"),
        (["amout=5"], "a similar one exists: `amount`"),
        (["nowhere.json"], "nowhere.json cannot be read"),
        (["list.yaml"], "list.yaml is no map of inputs"),
        (["bad.yaml"], "bad.yaml:2:1: the file ends where"),
    ],
)
def test_a_wrong_input_is_code_2_and_starts_nothing(
    cli: Cli, inputs: list[str], message: str
) -> None:
    Path("list.yaml").write_text("- 1\n")
    Path("bad.yaml").write_text("a: [\n")
    ended = cli("run", "ask.yaml", *(word for text in inputs for word in ("--input", text)))
    assert ended.code == 2
    assert message in ended.err
    assert cli("runs", "list").out == ""


def test_inputs_are_files_pairs_and_leads(cli: Cli) -> None:
    Path("in.json").write_text('{"amount": 60, "phone": "1"}')
    cli("run", "ask.yaml", "-i", "in.json", "-i", "amount=70")
    assert last(cli)["input"] == {"amount": 70, "phone": "1"}
    lead = str(ROOT / "examples" / "data" / "lead-dialect.xml")
    workflow = str(ROOT / "workflows" / "lead-response.yaml")
    ended = cli("run", workflow, "-i", f"lead=@{lead}")
    assert ended.code in (0, 6)
    assert "lead-dialect.xml:6: ADF101" in ended.err
    assert last(cli)["input"]["lead"]["customer"]["first_name"] == "Sam"
    ended = cli("run", "ask.yaml", "-i", lead)
    assert ended.code == 2
    assert "has 0 inputs of type Lead" in ended.err


def test_an_input_may_be_a_long_text(cli: Cli) -> None:
    text = "a/b " * 2000
    assert cli("run", "ask.yaml", "-i", "amount=5", "-i", f"phone={text}").code == 0
    assert last(cli)["input"]["phone"] == text


def test_a_lead_may_come_as_a_mail(cli: Cli) -> None:
    lead = (ROOT / "examples" / "data" / "lead-dialect.xml").read_text()
    Path("lead.eml").write_text(f"From: a@example.com\nSubject: a lead\n\n{lead}")
    workflow = str(ROOT / "workflows" / "lead-response.yaml")
    assert cli("run", workflow, "-i", "lead.eml").code in (0, 6)
    assert last(cli)["input"]["lead"]["customer"]["first_name"] == "Sam"


def test_hostile_text_of_a_lead_stays_text_on_screen(cli: Cli) -> None:
    hostile = "\x1b]0;owned\x07[bold red]Hi[/]\u202e"
    ended = cli("run", "ask.yaml", "-i", "amount=5", "-i", f"phone={hostile}")
    assert ended.code == 0
    shown = cli("runs", "show", "--reveal")
    for text in (ended.out, ended.err, shown.out, cli("runs", "show", "--reveal", "--json").out):
        assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert "[bold red]Hi[/]" in shown.out


def test_a_failed_run_is_code_1_and_says_where(cli: Cli) -> None:
    Path("fails.yaml").write_text(
        "auterity: 1\nname: fails\ninput: {n: integer}\nsteps:\n"
        "  pick:\n    switch:\n      one: 10 / input.n == 1\n      other: else\n"
        "ends: {a: pick.one, b: pick.other}\n"
    )
    ended = cli("run", "fails.yaml", "-i", "n=0")
    assert ended.code == 1
    assert "failed at `pick`" in ended.err
    assert last(cli)["status"] == "failed"


def test_an_unknown_run_is_code_2(cli: Cli) -> None:
    for words in (["show", "nope"], ["resume", "nope"], ["cancel", "nope"], ["show"]):
        assert cli("runs", *words).code == 2


def test_a_time_of_a_lead_without_offset_is_the_dealerships(cli: Cli) -> None:
    Path("auterity.toml").write_text('[dealership]\ntimezone = "America/New_York"\n')
    lead = str(ROOT / "examples" / "data" / "lead-dialect.xml")
    cli("run", str(ROOT / "workflows" / "lead-response.yaml"), "-i", lead)
    assert last(cli)["input"]["lead"]["requested_at"] == "2026-11-23T09:05:00-05:00"


def test_a_secret_that_is_missing_is_named_with_its_variable(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("auterity.toml").write_text('[project]\nsteps = ["our_steps"]\n')
    Path("our_steps.py").write_text(
        "from auterity_sdk import Output, step\n\n@step(name='our.use')\n"
        "def use(key: str) -> Output:\n    assert key == 's3cr3t'\n    return Output()\n"
    )
    Path("x.yaml").write_text(
        "auterity: 1\nname: x\nsteps:\n  a:\n    uses: our.use\n    with: {key: '${secrets.KEY}'}\n"
    )
    ended = cli("run", "x.yaml")
    assert ended.code == 1
    assert "set the environment variable AUTERITY_SECRET_KEY" in ended.err
    monkeypatch.setenv("AUTERITY_SECRET_KEY", "s3cr3t")
    ended = cli("run", "x.yaml")
    assert ended.code == 0, ended.err
    assert b"s3cr3t" not in Path(".auterity/runs.db").read_bytes()


def test_a_duration_is_an_argument(cli: Cli) -> None:
    Path("x.yaml").write_text(
        "auterity: 1\nname: x\ninput: {due: {type: duration, default: 90m}}\nsteps:\n"
        "  a:\n    uses: task.assign\n    with: {role: bdc, title: Call, due: '${input.due}'}\n"
        "output: {at: '${a.due_at}'}\n"
    )
    ended = cli("run", "x.yaml")
    assert ended.code == 0, ended.out + ended.err


def test_a_step_that_exits_fails_and_nothing_else(cli: Cli) -> None:
    Path("auterity.toml").write_text('[project]\nsteps = ["leaving"]\n')
    Path("leaving.py").write_text(
        "from auterity_sdk import Output, step\n\n@step(name='our.exit')\n"
        "def leave() -> Output:\n    raise SystemExit(3)\n"
    )
    Path("x.yaml").write_text(
        "auterity: 1\nname: x\nsteps:\n  a: {uses: our.exit}\n  b: {needs: a.failed, wait: 0s}\n"
    )
    ended = cli("run", "x.yaml")
    assert ended.code == 0, ended.err
    assert "`our.exit` raised SystemExit" in ended.err


def test_a_connection_is_named_by_its_expression(cli: Cli) -> None:
    Path("x.yaml").write_text(
        "auterity: 1\nname: x\nsteps:\n"
        "  a: {uses: task.assign, with: {role: bdc, title: t, due: 5m, connection: '${connections.desk}'}}\n"
    )
    assert cli("run", "x.yaml").code == 1
    Path("auterity.toml").write_text('[connections.desk]\nuse = "outbox"\n')
    ended = cli("run", "x.yaml")
    assert ended.code == 0, ended.err


def test_an_outcome_that_only_a_loop_reads_is_handled(cli: Cli) -> None:
    Path("x.yaml").write_text(
        "auterity: 1\nname: x\nsteps:\n  again:\n    repeat:\n      max: 2\n"
        "      until: outcome.reply == 'received'\n"
        "      steps: {reply: {receive: {event: x, timeout: 1h}}}\n"
        "ends: {done: again, never: again.exhausted}\n"
    )
    assert cli("run", "x.yaml").code == 6
    ended = cli("send", "x", "a=1")
    assert ended.code == 0, ended.err
    assert "succeeded: done" in ended.err


def test_a_link_in_place_of_the_store_is_refused(cli: Cli) -> None:
    Path(".auterity").mkdir()
    Path("elsewhere.db").touch()
    Path(".auterity/runs.db").symlink_to(Path("elsewhere.db").resolve())
    ended = cli("run", "ask.yaml", "-i", "amount=5")
    assert ended.code == 5
    assert "runs.db cannot be opened" in ended.err
    assert Path("elsewhere.db").read_bytes() == b""


def test_what_comes_for_a_run_that_another_process_drives_is_left_to_it(cli: Cli) -> None:
    command = [sys.executable, "-m", "auterity_cli", "run", "ask.yaml", "-i", "phone=+1", "--wait"]
    with (
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as other,
        ended_at_last(other),
    ):
        until(lambda: "waiting" in cli("runs", "list").out)
        run = json.loads(cli("runs", "list", "--json").out)[0]["run_id"]
        assert cli("runs", "resume", run).code == 2
        approved = cli("approve", run, "note=fine", "--as", "bob")
        assert approved.code == 0, approved.err
        assert f"carried on by the process {other.pid}" in approved.err
        until(lambda: "sms.received" in cli("runs", "list").out)
        assert cli("send", "sms.received", "from=+1").code == 0
        out, err = other.communicate(timeout=30)
    assert out, err
    assert json.loads(out)["end"] == "answered"
    assert other.returncode == 0


@contextmanager
def ended_at_last(process: subprocess.Popen[str]) -> Iterator[None]:
    """What fails here does not wait for a process that nobody answers any more."""
    try:
        yield
    finally:
        process.kill()


def until(holds: Callable[[], bool]) -> None:
    for _ in range(300):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to be in 15 s")


def test_old_runs_are_forgotten(cli: Cli) -> None:
    cli("run", "ask.yaml")
    run_id = last(cli)["run_id"]
    assert cli("runs", "cancel", run_id).code == 1
    cli("run", "ask.yaml")
    kept = last(cli)["run_id"]
    assert cli("runs", "prune", "--older-than", "1d").err == "0 runs forgotten\n"
    would = cli("runs", "prune", "--older-than", "0s", "--dry-run")
    assert (would.out, would.err) == (f"{run_id}\n", "1 run would be forgotten\n")
    assert json.loads(cli("runs", "prune", "--older-than", "0s", "--json").out)["runs"] == [run_id]
    assert [each["run_id"] for each in json.loads(cli("runs", "list", "--json").out)] == [kept]
    wrong = cli("runs", "prune", "--older-than", "90")
    assert wrong.code == 2
    assert "90d" in wrong.err


def test_a_run_is_recorded_as_a_test_that_passes(cli: Cli) -> None:
    Path("trade-in.yaml").write_bytes((ROOT / "workflows/trade-in-appraisal.yaml").read_bytes())
    given = ROOT / "examples" / "data" / "trade-in.json"
    ran = cli("run", "trade-in.yaml", "--input", str(given), "--input", "limit_minor=100000000")
    assert ran.code == 0, ran.err
    recorded = cli("runs", "record")
    assert recorded.code == 0
    assert "Jordan" not in recorded.out
    Path("trade-in.test.yaml").write_text(recorded.out)
    tested = cli("test")
    assert tested.code == 0, tested.out
    assert "Jordan" in cli("runs", "record", "--reveal").out


def lifetimes() -> list[int]:
    with closing(sqlite3.connect(".auterity/runs.db")) as database:
        found = database.execute("SELECT until - came FROM inbox ORDER BY rowid").fetchall()
    return [each for (each,) in found]


def test_an_event_is_kept_as_long_as_it_was_said(cli: Cli) -> None:
    Path("auterity.toml").write_text('[store]\nevent_lifetime = "2h"\n')
    assert cli("send", "x", "a=1").code == 0
    assert cli("send", "x", "a=1", "--lifetime", "3d").code == 0
    refused = cli("send", "x", "a=1", "--lifetime", "soon")
    assert refused.code == 2
    assert "--lifetime: `soon` is not a duration" in refused.err
    assert lifetimes() == [2 * 3_600_000, 72 * 3_600_000]


def test_a_run_is_cancelled_after_the_step_that_runs(cli: Cli) -> None:
    Path("auterity.toml").write_text('[project]\nsteps = ["slow"]\n')
    Path("slow.py").write_text(
        "import asyncio\nfrom pathlib import Path\nfrom auterity_sdk import step\n\n@step(name='our.slow')\n"
        "async def slow() -> None:\n    Path('begun').touch()\n"
        "    while not Path('go').exists():\n        await asyncio.sleep(0.02)\n"
    )
    Path("x.yaml").write_text(
        "auterity: 1\nname: x\nsteps:\n  a: {uses: our.slow, timeout: 5m}\n  b: {needs: a, wait: 1d}\n"
    )
    command = [sys.executable, "-m", "auterity_cli", "run", "x.yaml", "--wait"]
    with (
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as other,
        ended_at_last(other),
    ):
        until(Path("begun").exists)
        run = json.loads(cli("runs", "list", "--json").out)[0]["run_id"]
        # Another process carries it on, which lets the step end.
        cli("runs", "cancel", run, "--after-step")
        until(lambda: "cancelling" in cli("runs", "list").out)
        Path("go").touch()
        other.communicate(timeout=30)
    shown = cli("runs", "show", run)
    assert "✓ a" in shown.out
    assert "not reached" in shown.out
    assert "cancelled" in cli("runs", "list").out
