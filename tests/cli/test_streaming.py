"""What a step writes is shown while it does: in the terminal of the run, and in another one; and Ctrl-C and kill -9."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.ai.model_server import ModelServer, Reply, serving
from tests.cli.conftest import Cli
from tests.cli.test_kill_during_a_call import calls, command, ended

WORKFLOW = """\
auterity: 1
name: answer
input: {message: string, name: {type: string, x-data-class: identity}}
steps:
  draft:
    uses: ai.draft
    with: {prompt: "Thank ${input.name}", text: "${input.message}", facts: {day: Friday}}
    retry: {attempts: 3, initial: 1ms}
    timeout: 5m
  unsure:
    needs: {any: [draft.invalid, draft.refused, draft.over_budget, draft.failed]}
    wait: 1ms
output: {said: "${draft.?text.orValue('')}"}
"""
SAID = "Thank you for asking, Rosalind. Please come by on Friday! We are \x1b[Kglad to see you."
WHOLE = SAID.replace("\x1b", "")
DRAFT = json.dumps({"text": SAID})
MASKED = "Thank you for asking, [identity]. Please come by on Friday!"
SLOW = Reply(DRAFT, piece=3, gap=0.04)
# The name and a whole sentence behind it have come by then, so that something is shown.
HELD = Reply(DRAFT, piece=3, held=26)
GIVEN = ("-i", "message=When?", "-i", "name=Rosalind")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("answer.yaml").write_text(WORKFLOW)
    return tmp_path


def use(server: ModelServer) -> None:
    Path("auterity.toml").write_text(
        f'[connections.llm]\nuse = "openai"\nbase_url = "{server.url}"\nmodel = "mini"\n'
        "input_price = 1\noutput_price = 2\n"
    )


@pytest.mark.usefixtures("project")
def test_a_run_shows_masked_on_standard_error_what_is_written(cli: Cli) -> None:
    with serving(Reply(DRAFT, piece=5)) as server:
        use(server)
        shown = cli("run", "answer.yaml", *GIVEN, "--wait")
    lines = [line.strip() for line in shown.err.splitlines() if line.startswith("  draft")]
    assert lines == [
        f"draft> {MASKED}",
        r"draft> We are \x1b[Kglad to see you.",
        "draft: ok",
    ]
    assert json.loads(shown.out) == {"said": WHOLE}


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("how", [["--json"], ["--log-format", "json"]])
def test_what_a_program_reads_is_not_disturbed(cli: Cli, how: list[str]) -> None:
    with serving(Reply(DRAFT, piece=5)) as server:
        use(server)
        shown = cli("run", "answer.yaml", *GIVEN, "--wait", *how)
    assert json.loads(shown.out)
    assert "draft>" not in shown.out + shown.err
    assert all(json.loads(line) for line in shown.err.splitlines())


@pytest.mark.usefixtures("project")
def test_a_draft_that_is_sent_back_is_told_as_such(cli: Cli) -> None:
    wrong = json.dumps({"text": "Good news about this! It costs $5 in all, and more."})
    with serving(Reply(wrong, piece=5), Reply(DRAFT, piece=5)) as server:
        use(server)
        shown = cli("run", "answer.yaml", *GIVEN, "--wait")
    lines = [line.strip() for line in shown.err.splitlines() if line.startswith("  draft")]
    assert lines[:3] == [
        "draft> Good news about this!",
        "draft: begins to write again",
        f"draft> {MASKED}",
    ]


@pytest.mark.usefixtures("project")
def test_in_a_second_terminal_the_run_is_read_along(cli: Cli) -> None:
    later = (
        "  later: {needs: draft, receive: {event: told, timeout: 5m}}\n"
        "  past: {needs: {any: [later.received, later.timeout]}, wait: 1ms}\n"
        "output:"
    )
    Path("answer.yaml").write_text(WORKFLOW.replace("output:", later))
    with serving(SLOW) as server:
        use(server)
        with command("run", "answer.yaml", *GIVEN) as run:
            server.wait_for(1)
            with subprocess.Popen(
                [sys.executable, "-m", "auterity_cli", "runs", "tail"],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            ) as tail:  # fmt: skip
                assert tail.stderr is not None
                said = [tail.stderr.readline()]
                while said[-1] and "glad" not in said[-1]:
                    said.append(tail.stderr.readline())
                run.communicate(timeout=60)
                assert cli("send", "told").code == 0
                out, err = tail.communicate(timeout=60)
    assert tail.returncode == 0
    assert err == ""
    told = " ".join(line.removeprefix("draft> ").strip() for line in said)
    assert told == rf"{MASKED} We are \x1b[Kglad to see you."
    assert "draft>" not in out
    assert "Rosalind" not in out
    assert "StepEnded draft" in out


def test_kill_9_in_a_stream_asks_once_more_and_each_call_is_counted_once(project: Path) -> None:
    with serving(HELD, Reply(DRAFT)) as server:
        use(server)
        with command("run", "answer.yaml", *GIVEN) as process:
            server.wait_for(1)
            time.sleep(0.6)  # some of the answer has come by then, whatever the machine does
            os.kill(process.pid, signal.SIGKILL)
        wait_until_left(server)
        (run,) = ended("runs", "list", "--json")
        view = ended("runs", "resume", run["run_id"], "--json", "--wait")
    assert (view["status"], len(texts(view))) == ("succeeded", 1)
    assert len(server.received) == 2
    made = calls(project)
    assert [each.settled for each in made] == [False, True]
    assert made[1].output == 7


def wait_until_left(server: ModelServer) -> None:
    until = time.monotonic() + 20
    while not server.left and time.monotonic() < until:
        time.sleep(0.01)
    assert server.left == 1


@pytest.mark.usefixtures("project")
def test_ctrl_c_in_a_stream_closes_the_connection_and_the_run_goes_on_later() -> None:
    with serving(HELD, Reply(DRAFT)) as server:
        use(server)
        process = subprocess.Popen(
            [sys.executable, "-m", "auterity_cli", "run", "answer.yaml", *GIVEN],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        with process:
            server.wait_for(1)
            assert process.stderr is not None
            while "draft>" not in process.stderr.readline():
                pass
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
        assert process.returncode == 130
        assert "carries it on" in err
        assert "Traceback" not in err
        wait_until_left(server)
        (run,) = ended("runs", "list", "--json")
        view = ended("runs", "resume", run["run_id"], "--json", "--wait")
    assert view["status"] == "succeeded"
    assert len(server.received) == 2
    assert len(texts(view)) == 1


def texts(view: Any) -> list[Any]:
    return [step for step in view["steps"] if step["path"] == "draft" and step["state"] == "ok"]


@pytest.mark.usefixtures("project")
def test_on_a_terminal_the_text_stands_below_its_step_until_it_is_whole() -> None:
    master, terminal = os.openpty()
    with serving(Reply(DRAFT, piece=3, gap=0.02)) as server:
        use(server)
        with subprocess.Popen(
            [sys.executable, "-m", "auterity_cli", "run", "answer.yaml", *GIVEN, "--wait"],
            stdout=subprocess.DEVNULL, stderr=terminal, env={**os.environ, "COLUMNS": "200", "TERM": "xterm"},
        ) as process:  # fmt: skip
            os.close(terminal)
            shown = b"".join(iter(lambda: read(master), b"")).decode()
    os.close(master)
    assert process.returncode == 0
    assert MASKED in shown
    assert "Rosalind" not in shown
    assert "Thank you" not in shown.rpartition("draft")[2]
    assert "draft>" not in shown


def read(file: int) -> bytes:
    """What comes next; nothing once the other side is gone."""
    try:
        return os.read(file, 4096)
    except OSError:
        return b""
