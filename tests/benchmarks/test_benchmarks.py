"""Every benchmark does at a tiny size what it does at its own: what it calls is there, and its comparisons come out."""

from __future__ import annotations

import asyncio
import gc
import re
import subprocess
import sys
from collections.abc import Coroutine
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from benchmarks import bench_each, bench_postgres, bench_scale
from benchmarks.__main__ import names
from tests.server.run_store.stores_in_postgres import make_tables
from tests.services.postgres import Postgres

ROOT = Path(__file__).parents[2]
Sizes = dict[str, Any]

HERE: dict[str, tuple[Sizes, str]] = {
    "bench_ai": ({"CALLS": 4, "A_ROUND": 2}, "4 calls of each, in rounds of 2"),
    "bench_chain": ({"ROUNDS": {2: 1, 4: 1}, "LEAST_STEPS": 4}, "from 2 to 4 steps, in tasks: "),
    "bench_durable": ({"LENGTH": 3, "ROUNDS": 1}, "a durable step "),
    "bench_fan": ({"WIDTH": 3, "ROUNDS": 1}, "durable: a step "),
    "bench_routing": ({"ROUNDS": 1, "RUNS": 1, "TASKS": 9}, "auterity "),
    "bench_turns": (
        {"FEW": 2, "MANY": 3, "LOOKS": 1, "ROUNDS": 1, "SETTLED": 0.0, "IDLE": 0.01},
        "an idle worker ",
    ),
    "check_many": ({"FILES": 2, "ROUNDS": 1}, "the same files again, verdicts remembered"),
    "check_size": ({"STEPS": 20, "ROUNDS": 1}, "20 steps, 2 with an expression"),
}
"""Sizes of those that run in this process, and what each then tells."""

ELSEWHERE: dict[str, tuple[Sizes, str]] = {
    "bench_send": ({"FEW": 1, "MANY": 2, "SENT": 1, "ROUNDS": 1}, "2 beside 1"),
    "bench_waiting": (
        {"WAITING": 2, "TIMERS": 1, "SIZES": (2,), "PAUSE": 200, "SETTLED": 0.0, "SPARE": 0.2},
        "timers are ",
    ),
}
"""Of those that fork, which a process of tests with its threads may not."""


@pytest.fixture(autouse=True)
def heap_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A benchmark collects garbage before each round, which takes long in a process of many tests."""
    monkeypatch.setattr(gc, "collect", lambda: 0)


@pytest.mark.parametrize("name", HERE)
def test_small(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sizes, tells = HERE[name]
    module = import_module(f"benchmarks.{name}")
    for constant, value in sizes.items():
        monkeypatch.setattr(module, constant, value)
    running = module.main()
    if isinstance(running, Coroutine):
        asyncio.run(running)
    assert tells in capsys.readouterr().out


def test_small_with_forks() -> None:
    lines = ["from importlib import import_module"]
    for name, (sizes, _) in ELSEWHERE.items():
        lines.append(f"module = import_module('benchmarks.{name}')")
        lines += [f"module.{constant}; module.{constant} = {sizes[constant]}" for constant in sizes]
        lines.append("module.main()")
    told = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], cwd=ROOT, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    for _, tells in ELSEWHERE.values():
        assert tells in told.stdout


def test_items_of_a_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def here(items: int, folder: str) -> dict[str, float]:
        return asyncio.run(bench_each.run(items, folder))

    for constant, value in {"FEW": 2, "MANY": 4, "ROUNDS": 1, "alone": here}.items():
        monkeypatch.setattr(bench_each, constant, value)
    bench_each.measure("in memory", "")
    bench_each.measure("durable", str(tmp_path))
    memory, durable = capsys.readouterr().out.splitlines()
    assert memory.startswith("in memory: an item ")
    assert durable.startswith("durable: an item ")


def test_postgres(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench_postgres, "LENGTH", 2)
    monkeypatch.setattr(bench_postgres, "ROUNDS", 1)
    asyncio.run(bench_postgres.measure(postgres_url))
    assert "a row by SQLAlchemy beside the driver: " in capsys.readouterr().out


def test_pages_of_many_runs(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for constant, value in {"WAITING": 2, "ENDED": 20, "PAGES": 2}.items():
        monkeypatch.setattr(bench_scale, constant, value)

    async def read(url: str) -> None:
        stores = bench_scale.PostgresRunStores(url)
        await bench_scale.reads(stores.of(bench_scale.ENVIRONMENT))
        await stores.close()

    with postgres.database() as name:
        asyncio.run(make_tables(postgres.url_of(name)))
        bench_scale.fill(postgres.dsn_of(name))
        asyncio.run(read(postgres.url_of(name)))
    assert re.findall("^(.*): p95", capsys.readouterr().out, re.MULTILINE) == [
        "a page of runs",
        "a page of those that failed",
        "a page of a workflow's",
        "what is due",
    ]


def test_every_one_is_told_on_the_page() -> None:
    page = (ROOT / "docs/benchmarks.md").read_text()
    assert sorted(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == names()


def test_every_one_has_a_main() -> None:
    assert [
        name for name in names() if not hasattr(import_module(f"benchmarks.{name}"), "main")
    ] == []
