"""kill -9 in the rounds of a model with tools: each round is asked for and paid once more at the most, and ends right."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from auterity_sdk.connections.sqlite_usage import FILE_NAME, SqliteUsage
from tests.ai.model_server import Call, ModelServer, Reply, serving

WORKFLOW = """\
auterity: 1
name: stock
input: {question: string}
steps:
  talk:
    repeat:
      max: 5
      until: turn.?reply.orValue('') != ''
      steps:
        turn:
          uses: ai.tools
          with:
            prompt: Answer the shopper.
            text: ${input.question}
            so_far: ${previous.?conversation.orValue([])}
            results: {search: "${previous.?found.orValue([])}"}
            tools: {search: {description: Vehicles in stock, uses: stock.find}}
          timeout: 5m
        look:
          needs: turn.search
          uses: stock.find
          with: {make: "${turn.arguments.search.make}"}
        person:
          needs: {any: [turn.invalid, turn.refused, turn.over_budget]}
          uses: task.assign
          with: {role: bdc, due: 15m, title: Answer}
      output:
        conversation: ${turn.?conversation.orValue([])}
        found: ${look.?vehicles.orValue([])}
        reply: ${turn.?reply.orValue('')}
  late: {needs: talk.exhausted, uses: task.assign, with: {role: bdc, due: 15m, title: Answer}}
output: {reply: "${talk.?last.?reply.orValue('')}"}
"""
STEPS = '''\
"""Looks into the stock, as slowly as a file says."""

import time
from pathlib import Path

from auterity_sdk import Output, step


class Found(Output):
    vehicles: list[str]


@step(name="stock.find")
def find(make: str) -> Found:
    """Find vehicles in stock."""
    with Path("looked.txt").open("a") as looked:
        looked.write(f"{make}\\n")
    while Path(f"slow-{make}").exists():
        time.sleep(0.01)
    return Found(vehicles=[f"{make} Civic"])
'''
AUTERITY = Path(sys.executable).with_name("auterity")
SEARCH = Call("search", '{"make": "Honda"}')
OTHER = Call("search", '{"make": "Kia"}', "call_2")
BOTH = Reply(calls=(SEARCH, OTHER))
ANSWER = Reply("We have a Honda Civic.")
REPLY = {"reply": "We have a Honda Civic."}


def command(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [AUTERITY, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def ended(*arguments: str) -> Any:
    with command(*arguments) as process:
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return json.loads(out)


def calls(folder: Path) -> list[Any]:
    return list(asyncio.run(SqliteUsage(folder / ".auterity" / FILE_NAME).calls()))


def looked() -> list[str]:
    file = Path("looked.txt")
    return file.read_text().split() if file.exists() else []


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("stock.yaml").write_text(WORKFLOW)
    Path("stock_steps.py").write_text(STEPS)
    return tmp_path


def settings(server: ModelServer) -> None:
    Path("auterity.toml").write_text(
        '[project]\nsteps = ["stock_steps"]\n'
        f'[connections.llm]\nuse = "openai"\nbase_url = "{server.url}"\nmodel = "mini"\n'
        "input_price = 1\noutput_price = 2\n"
    )


def killed(process: subprocess.Popen[str], when: Any) -> None:
    with process:
        while not when():
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)


def start() -> subprocess.Popen[str]:
    return command("run", "stock.yaml", "-i", "question=Any Hondas?")


def resumed() -> Any:
    (run,) = ended("runs", "list", "--json")
    return ended("runs", "resume", run["run_id"], "--json")


def counted(made: list[Any], unsettled: int) -> None:
    """Every call stands there once; what was set aside for one that was killed stays counted."""
    assert len({each.call.id for each in made}) == len(made)
    assert sum(not each.settled for each in made) == unsettled
    assert all(each.amount.nano > 0 for each in made)
    assert [each.input + each.output for each in made if each.settled] == [18] * (
        len(made) - unsettled
    )


@pytest.mark.parametrize("call", [1, 2])
def test_a_round_that_is_killed_while_the_model_answers_is_asked_once_more(
    project: Path, call: int
) -> None:
    slow = Reply("", calls=(SEARCH,), delay=60)
    replies = [slow, BOTH, ANSWER] if call == 1 else [BOTH, slow, ANSWER]
    with serving(*replies) as server:
        settings(server)
        killed(start(), lambda: len(server.received) >= call)
        view = resumed()
    assert view["output"] == REPLY
    assert looked() == ["Honda", "Kia"]
    assert len(server.received) == 3
    counted(calls(project), unsettled=1)


@pytest.mark.parametrize("make", ["Honda", "Kia"])
def test_during_the_tools_step_no_model_is_asked_again(project: Path, make: str) -> None:
    """In the first round, and in the one that hands out a call whose answer is paid already."""
    with serving(BOTH, ANSWER) as server:
        settings(server)
        Path(f"slow-{make}").touch()
        killed(start(), lambda: make in looked())
        assert len(server.received) == 1
        Path(f"slow-{make}").unlink()
        view = resumed()
    assert view["output"] == REPLY
    assert sorted(looked()) == sorted(["Honda", "Kia", make])
    assert len(server.received) == 2
    counted(calls(project), unsettled=0)
