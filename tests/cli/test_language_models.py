"""A language model as a user sets it up: the run, the recording, the doctor."""

import json
from pathlib import Path

import pytest

from tests.ai.asking import KEY
from tests.ai.model_server import ModelServer, Reply, serving
from tests.cli.conftest import Cli

TRIAGE = """\
auterity: 1
name: triage
input: {message: string}
steps:
  intent:
    uses: ai.classify
    with: {text: "${input.message}", labels: {buy: wants to buy a car, service: wants a repair}}
    timeout: 1m
  unsure: {needs: {any: [intent.invalid, intent.refused, intent.over_budget, intent.failed]}, wait: 1ms}
output: {label: "${intent.?label.orValue('unsure')}"}
"""
BUY = Reply('{"label": "buy", "confidence": 0.9}')
MESSAGE = "message=Is the blue Civic still there? +1 614 555 0142"


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch, cli: Cli) -> Cli:
    """The command line in a folder with a workflow that asks a model."""
    Path("triage.yaml").write_text(TRIAGE)
    monkeypatch.setenv("DEALER_KEY", KEY)
    return cli


def settings(**tables: dict[str, str]) -> None:
    lines = [
        f"[connections.{name}]\n"
        + "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
        for name, table in tables.items()
    ]
    Path("auterity.toml").write_text("\n".join(lines))


def asked(server: ModelServer) -> dict[str, str]:
    return {"use": "openai", "base_url": server.url, "model": "mini", "api_key": "env:DEALER_KEY"}


def test_a_run_asks_the_model_of_the_settings(project: Cli) -> None:
    with serving(BUY) as server:
        settings(llm=asked(server))
        ended = project("run", "triage.yaml", "-i", MESSAGE, "--json")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["output"] == {"label": "buy"}
    assert len(server.received) == 1
    for kept in Path(".auterity").iterdir():
        assert KEY.encode() not in kept.read_bytes()


def test_what_a_run_records_another_is_given_without_a_call(project: Cli) -> None:
    with serving(BUY) as server:
        settings(llm=asked(server))
        assert (
            project("run", "triage.yaml", "-i", MESSAGE, "--record", "kept/answers.json").code == 0
        )
        settings(llm={"use": "recorded", "file": "kept/answers.json"})
        again = project("run", "triage.yaml", "-i", MESSAGE, "--json")
        assert json.loads(again.out)["output"] == {"label": "buy"}
        other = project("run", "triage.yaml", "-i", "message=What are your hours?", "--json")
    assert json.loads(other.out)["output"] == {"label": "unsure"}
    assert len(server.received) == 1
    kept = Path("kept/answers.json").read_text()
    assert "555" not in kept
    assert "blue Civic" in kept


def models(cli: Cli) -> list[dict[str, object]]:
    found = json.loads(cli("doctor", "--json").out)
    return [each for each in found if each["name"] == "model"]


def test_doctor_says_which_model_answers_and_whether_its_key_is_there(
    project: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ["offline" in str(each["found"]) for each in models(project)] == [True]
    with serving(BUY) as server:
        settings(
            llm=asked(server),
            own={**asked(server), "api_key": "env:NOWHERE"},
            kept={"use": "recorded", "file": "answers.json"},
            rules={"use": "offline"},
            chain={"use": "langchain", "runnable": "nowhere:x", "model": "advisor"},
        )
        found = models(project)
    assert [each["ok"] for each in found] == [True, False, False, True, True]
    assert str(found[0]["found"]).endswith("with its key")
    assert "env:NOWHERE" in str(found[1]["found"])
    assert KEY not in json.dumps(found)
    assert server.received == []
    assert project("doctor").code == 0


def test_doctor_tells_of_wrong_settings(project: Cli) -> None:
    settings(llm={"use": "openai", "model": "m", "api_key": "sk-hush-hush"})
    ended = project("doctor")
    assert ended.code == 1
    assert "[connections.llm]" in ended.out
    assert "hush" not in ended.out


CASES = """\
auterity_test: 1
defaults: {at: 2026-11-24T15:00-05:00}
cases:
  a shopper: {input: {message: Is the blue Civic still there? +1 614 555 0142}, expect: {output: {label: buy}}}
"""


def test_cases_are_recorded_once_and_played_without_a_model(project: Cli) -> None:
    Path("triage.test.yaml").write_text(CASES)
    with serving(BUY) as server:
        settings(llm=asked(server))
        assert project("test", "--record").code == 0
        kept = Path("triage.answers.json").read_text()
        played = project("test", "--forced-replay")
        assert project("test").code == 0
    assert played.code == 0, played.out
    assert len(server.received) == 1
    assert "555" not in kept
    assert Path("triage.answers.json").read_text() == kept
    assert project("validate").code == 0


def test_a_case_whose_request_is_new_fails_and_names_the_file(project: Cli) -> None:
    Path("triage.test.yaml").write_text(CASES)
    Path("triage.yaml").write_text(TRIAGE.replace(", intent.failed", ""))
    Path("triage.answers.json").write_text('{"auterity_answers": 1, "answers": {}}')
    ended = project("test")
    assert ended.code == 1
    assert "triage.answers.json" in ended.out
    assert "--record" in ended.out


def test_without_a_model_there_is_nothing_to_record(project: Cli) -> None:
    Path("triage.test.yaml").write_text(CASES)
    settings(llm={"use": "recorded", "file": "answers.json"})
    ended = project("test", "--record")
    assert ended.code == 1
    assert not Path("triage.answers.json").exists()


def test_what_a_run_can_cost_is_told_before_it(project: Cli) -> None:
    """Two questions of 32,000 tokens at a dollar for a million, with answers of 200 at ten."""
    own = {"use": "openai", "base_url": "https://own.test/v1", "model": "mini"}
    settings(llm=own)
    told = project("validate", "triage.yaml")
    assert "triage.yaml: nothing bounds what this workflow can cost a run" in told.out
    assert "line 6: the price of the model `mini` is not known" in told.out
    Path("auterity.toml").write_text(
        f"{Path('auterity.toml').read_text()}input_price = 1\noutput_price = 10\n"
    )
    for _ in range(2):  # the second time the verdict is a remembered one
        told = project("validate", "triage.yaml")
        assert (told.code, told.out.splitlines()[0]) == (
            0,
            "triage.yaml: this workflow can cost up to $0.068 a run",
        )
    [found] = json.loads(project("validate", "triage.yaml", "--format", "json").out)["worst_cases"]
    assert (found["most_usd"], found["bounded_usd"], found["unbounded"]) == (0.068, 0.068, [])
    [asks] = found["way"]
    assert (asks["line"], asks["label"]) == (6, "`intent` asks up to 2 times: $0.068")


def test_a_text_that_is_too_long_is_not_sent(project: Cli) -> None:
    with serving(BUY) as server:
        settings(llm={**asked(server), "max_input_tokens": 2000})  # type: ignore[dict-item]
        ended = project("run", "triage.yaml", "-i", f"message={'long ' * 300}", "--json")
        again = project("run", "triage.yaml", "-i", "message=short", "--json")
    assert json.loads(ended.out)["output"] == {"label": "unsure"}
    assert json.loads(again.out)["output"] == {"label": "buy"}
    assert len(server.received) == 1
