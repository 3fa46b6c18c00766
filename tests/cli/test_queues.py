"""Queues of the settings, and earlier results, as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

SETTINGS = """\
[project]
steps = ["our_queued"]

[queues.bureau]
limit = 1
rate = { limit = 100, per = "1s" }
"""
TEXT = """\
auterity: 1
name: queued
priority: 3
steps:
  a: {uses: our.score, queue: bureau, cache: {key: "'k'", age: 1h}}
output: {n: "${a.n}"}
"""
STEPS = """\
from auterity_sdk import Output, step

class Scored(Output):
    n: int

@step(name="our.score")
async def score() -> Scored:
    return Scored(n=7)
"""


@pytest.fixture(autouse=True)
def project(cli: Cli) -> None:
    Path("auterity.toml").write_text(SETTINGS)
    Path("our_queued.py").write_text(STEPS)
    Path("x.yaml").write_text(TEXT)


def shown(cli: Cli) -> str:
    return " ".join(cli("runs", "show").out.split())


def test_an_earlier_result_is_told_and_may_be_left_alone(cli: Cli) -> None:
    assert json.loads(cli("run", "x.yaml").out) == {"n": 7}
    assert "from the cache" not in shown(cli)
    first = json.loads(cli("runs", "list", "--json").out)[0]["run_id"]
    assert json.loads(cli("run", "x.yaml").out) == {"n": 7}
    assert f"from the cache of {first}" in shown(cli)
    step = json.loads(cli("runs", "show", "--json").out)["steps"][0]
    assert (step["attempt"], step["origin"]["run_id"]) == (0, first)
    assert cli("run", "x.yaml", "--no-cache").code == 0
    assert "from the cache" not in shown(cli)


def test_a_worker_of_a_queue_that_there_is_not_is_refused(cli: Cli) -> None:
    ended = cli("worker", "--queue", "burau", "--once")
    assert ended.code == 2
    assert "the settings have no queue `burau`" in ended.err
    assert "`bureau`" in ended.err
    assert cli("worker", "--queue", "bureau", "--once").code == 0


def test_a_queue_that_the_settings_do_not_have_is_found(cli: Cli) -> None:
    Path("auterity.toml").write_text(SETTINGS.replace("queues.bureau", "queues.other"))
    ended = cli("validate", "x.yaml")
    assert ended.code == 1
    assert "AUT509" in ended.out


@pytest.mark.parametrize("table", ["", "limit = 0", 'rate = { limit = 1, per = "soon" }'])
def test_a_queue_without_a_limit_is_refused(cli: Cli, table: str) -> None:
    Path("auterity.toml").write_text(f"[queues.bureau]\n{table}\n")
    ended = cli("validate", "x.yaml")
    assert ended.code == 2
    assert "auterity.toml: `queues.bureau" in ended.err
