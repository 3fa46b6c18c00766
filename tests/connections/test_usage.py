"""What a usage ledger promises, held against every adapter of it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from auterity_sdk.connections.memory import MemoryUsage
from auterity_sdk.connections.sqlite_usage import SqliteUsage
from auterity_sdk.connections.usage import Amount, Call, Limit, Took, UsageLedger

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.fixture(params=["file", "memory"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> UsageLedger:
    return SqliteUsage(tmp_path / "usage.db") if request.param == "file" else MemoryUsage()


def call(id: str, **more: object) -> Call:
    given = {
        "at": NOW,
        "run": "r",
        "workflow": "w",
        "step": "s",
        "attempt": 1,
        "provider": "p",
        "model": "m",
    }
    return Call(id=id, **{**given, **more})  # type: ignore[arg-type]


async def settle(ledger: UsageLedger, id: str, tokens: int, nano: int | None) -> None:
    await ledger.settle(id, Took(amount=Amount(tokens, nano), input=tokens))


async def test_what_is_set_aside_counts_until_it_is_settled(ledger: UsageLedger) -> None:
    limit = Limit(name="project", nano=100)
    assert await ledger.reserve(call("a"), Amount(10, 70), [limit]) is None
    over = await ledger.reserve(call("b"), Amount(10, 31), [limit])
    assert over is not None
    assert (over.limit, over.spent) == (limit, Amount(10, 70))
    await settle(ledger, "a", 5, 60)
    assert await ledger.reserve(call("b"), Amount(10, 31), [limit]) is None
    assert [(each.call.id, each.settled) for each in await ledger.calls()] == [
        ("a", True),
        ("b", False),
    ]


async def test_a_call_that_is_refused_sets_nothing_aside(ledger: UsageLedger) -> None:
    wide, narrow = Limit(name="project", tokens=100), Limit(name="step", tokens=5)
    over = await ledger.reserve(call("a"), Amount(10), [wide, narrow])
    assert over is not None
    assert over.limit == narrow
    assert not await ledger.calls()


@pytest.mark.parametrize(
    ("limit", "counts"),
    [
        (Limit(name="l", run="r", tokens=10), True),
        (Limit(name="l", run="other", tokens=10), False),
        (Limit(name="l", run="r", step="s", tokens=10), True),
        (Limit(name="l", run="r", step="other", tokens=10), False),
        (Limit(name="l", workflow="w", since=NOW, tokens=10), True),
        (Limit(name="l", workflow="w", since=NOW + timedelta(seconds=1), tokens=10), False),
        (Limit(name="l", workflow="other", tokens=10), False),
    ],
)
async def test_a_limit_counts_the_calls_that_fit_it(
    ledger: UsageLedger, limit: Limit, counts: bool
) -> None:
    assert await ledger.reserve(call("a"), Amount(8), []) is None
    over = await ledger.reserve(call("b"), Amount(8), [limit])
    assert (over is not None) == counts


async def test_what_was_set_aside_together_is_counted_apart(ledger: UsageLedger) -> None:
    """Of a chain: the first broke off, the second answered."""
    await ledger.reserve(call("a"), Amount(30, 300), [])
    took = Took(amount=Amount(4, 40), input=3, output=1, provider="q", model="n")
    await ledger.settle("a", took, [(call("b"), Amount(10, 100))])
    kept = {each.call.id: each for each in await ledger.calls()}
    assert [kept["a"].amount, kept["b"].amount] == [Amount(4, 40), Amount(10, 100)]
    assert [kept["a"].settled, kept["b"].settled] == [True, False]
    assert [kept["a"].call.model, kept["b"].call.model] == ["n", "m"]
    assert (kept["a"].call.provider, kept["a"].input, kept["a"].output) == ("q", 3, 1)


async def test_what_nobody_knows_stays_open_at_its_most(ledger: UsageLedger) -> None:
    await ledger.reserve(call("a"), Amount(30, 300), [])
    await ledger.settle("a", Took(amount=Amount(20, 200), settled=False, model="n"))
    [kept] = await ledger.calls()
    assert (kept.settled, kept.amount, kept.call.model) == (False, Amount(20, 200), "n")
    assert kept.call.provider == "p"


async def test_a_call_without_a_price_counts_its_tokens(ledger: UsageLedger) -> None:
    await ledger.reserve(call("a"), Amount(8, None), [Limit(name="l", nano=1)])
    await settle(ledger, "a", 8, None)
    [spent] = await ledger.calls(run="r", workflow="w", since=NOW)
    assert (spent.amount.tokens, spent.amount.usd, spent.input) == (8, None, 8)
    assert await ledger.reserve(call("b"), Amount(1), [Limit(name="l", tokens=8)]) is not None


async def test_parallel_calls_never_pass_a_limit(ledger: UsageLedger) -> None:
    limit = Limit(name="workflow", nano=100)
    told = await asyncio.gather(
        *(ledger.reserve(call(str(n)), Amount(1, 10), [limit]) for n in range(50))
    )
    assert sum(over is None for over in told) == 10


PROCESS = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from auterity_sdk.connections.sqlite_usage import SqliteUsage
from auterity_sdk.connections.usage import Amount, Call, Limit

async def main(path, mark):
    ledger, now = SqliteUsage(Path(path)), datetime(2026, 11, 23, tzinfo=UTC)
    def call(n):
        return Call(id=f"{mark}{n}", at=now, run="r", workflow="w", step="s", attempt=1, provider="p", model="m")
    limit = Limit(name="project", nano=100)
    for n in range(25):
        print(await ledger.reserve(call(n), Amount(1, 10), [limit]) is None)

asyncio.run(main(*sys.argv[1:]))
"""


def test_processes_never_pass_a_limit_together(tmp_path: Path) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", dedent(PROCESS), str(tmp_path / "usage.db"), mark],
            stdout=subprocess.PIPE,
            text=True,
        )
        for mark in "ab"
    ]
    said = [process.communicate(timeout=60)[0].split() for process in started]
    assert [len(lines) for lines in said] == [25, 25]
    assert sum(lines.count("True") for lines in said) == 10
