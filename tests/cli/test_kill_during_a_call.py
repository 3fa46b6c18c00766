"""kill -9 while a language model is asked: the run ends right, and each call is counted once."""

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


def chain(first: ModelServer, second: ModelServer) -> str:
    """Two connections, the second of which is asked where the first breaks off."""
    tables = [
        f'[connections.{name}]\nuse = "openai"\nbase_url = "{server.url}"\nmodel = "{model}"\n'
        f"input_price = {price}\noutput_price = {price}\n"
        for name, server, model, price in (("llm", first, "one", 1), ("next", second, "two", 3))
    ]
    return tables[0] + 'fallback = ["next"]\n' + tables[1]


def test_a_run_killed_while_the_next_of_a_chain_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was set aside for both stays counted, once; the attempt that follows counts its own two."""
    monkeypatch.chdir(tmp_path)
    alone = WORKFLOW.replace("${intent.label}", "x").split("  again:")[0]
    Path("triage.yaml").write_text(
        f"{alone}  unsure: {{needs: {{any: [intent.invalid, intent.refused, intent.over_budget]}}, wait: 1ms}}\n"
    )
    breaks = Reply(choices=False)
    with serving(breaks) as first, serving(Reply(BUY.text, delay=60), BUY) as second:
        Path("auterity.toml").write_text(chain(first, second))
        killed_at(second, 1, "run", "triage.yaml", "-i", "message=Is the Civic there?")
        (run,) = ended("runs", "list", "--json")
        view = ended("runs", "resume", run["run_id"], "--json")
    assert view["status"] == "succeeded"
    assert (len(first.received), len(second.received)) == (2, 2)
    killed, answered, broken = calls(tmp_path)
    assert [each.settled for each in (killed, answered, broken)] == [False, True, False]
    assert (answered.call.model, answered.input + answered.output) == ("two", 18)
    assert broken.call.model == "one"
    # Both may have worked for the one that was killed: a dollar a million of the first, three of the second.
    assert killed.amount.tokens == 2 * broken.amount.tokens
    assert killed.amount.nano == 4 * broken.amount.nano


DRAFT = """\
auterity: 1
name: write
input: {message: string}
steps:
  text:
    uses: ai.draft
    with: {prompt: Thank them, text: "${input.message}"}
    timeout: 5m
  unsure: {needs: {any: [text.invalid, text.refused, text.over_budget, text.failed]}, wait: 1ms}
output: {text: "${text.?text.orValue('')}"}
"""


def test_a_run_killed_during_a_stream_writes_once_more_and_each_call_is_counted_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("write.yaml").write_text(DRAFT)
    said = json.dumps({"text": "Thank you for your message. " * 8})
    with serving(Reply(said, gap=0.5), Reply(said)) as server:
        Path("auterity.toml").write_text(chain(server, server).replace('fallback = ["next"]\n', ""))
        with command("run", "write.yaml", "-i", "message=Hello") as process:
            server.wait_for(1)
            time.sleep(1.0)  # some pieces have come by now, and most have not
            os.kill(process.pid, signal.SIGKILL)
        (run,) = ended("runs", "list", "--json")
        view = ended("runs", "resume", run["run_id"], "--json")
    assert view["output"]["text"].startswith("Thank you")
    assert [each.get("stream") for each in server.bodies] == [True, True]
    killed, answered = calls(tmp_path)
    assert (killed.settled, answered.settled) == (False, True)
    assert answered.input + answered.output == 18
    assert killed.amount.nano > answered.amount.nano
