"""kill -9 while a language model is asked: the run ends right, and each call is counted once."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from auterity_sdk.connections.sqlite_usage import FILE_NAME, SqliteUsage
from tests.ai.model_server import ModelServer, Reply, serving

WORKFLOW = """\
auterity: 1
name: triage
input: {message: string}
steps:
  intent:
    uses: ai.classify
    with: {text: "${input.message}", labels: {buy: wants to buy a car, service: wants a repair}}
    retry: {attempts: 3, initial: 1ms}
    timeout: 5m
  again:
    uses: ai.classify
    needs: intent
    with: {text: "${intent.label}", labels: {buy: wants to buy a car, service: wants a repair}}
    timeout: 5m
  unsure:
    needs: {any: [intent.invalid, intent.refused, intent.over_budget, again.invalid, again.refused, again.over_budget]}
    wait: 1ms
output: {label: "${again.?label.orValue('unsure')}"}
"""
BUY = Reply('{"label": "buy", "confidence": 0.9}')
AUTERITY = Path(sys.executable).with_name("auterity")


def command(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [AUTERITY, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def killed_at(server: ModelServer, call: int, *arguments: str) -> None:
    """Start a command, and kill it while its call of that number waits for the answer."""
    with command(*arguments) as process:
        server.wait_for(call)
        os.kill(process.pid, signal.SIGKILL)


def ended(*arguments: str) -> Any:
    with command(*arguments) as process:
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return json.loads(out)


def calls(folder: Path) -> list[Any]:
    return list(asyncio.run(SqliteUsage(folder / ".auterity" / FILE_NAME).calls()))


@pytest.mark.parametrize("call", [1, 2])
def test_a_run_killed_during_a_call_asks_once_more_and_each_call_is_counted_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("triage.yaml").write_text(WORKFLOW)
    slow = Reply(BUY.text, delay=60)
    replies = [BUY] * (call - 1) + [slow, BUY]
    with serving(*replies) as server:
        Path("auterity.toml").write_text(
            f'[connections.llm]\nuse = "openai"\nbase_url = "{server.url}"\nmodel = "mini"\n'
            "input_price = 1\noutput_price = 2\n"
        )
        killed_at(server, call, "run", "triage.yaml", "-i", "message=Is the Civic there?")
        (run,) = ended("runs", "list", "--json")
        view = ended("runs", "resume", run["run_id"], "--json")
    assert view["output"] == {"label": "buy"}
    assert len(server.received) == 3
    made = calls(tmp_path)
    assert len(made) == 3
    assert [each.settled for each in made] == [number != call for number in (1, 2, 3)]
    assert len({each.call.id for each in made}) == 3
    for each in made:
        took = each.input + each.output
        assert took == (18 if each.settled else 0)
        assert each.amount.nano is not None
        assert each.amount.nano > 0
