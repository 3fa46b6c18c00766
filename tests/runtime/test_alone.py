"""One task at a time: in the order in which they ask, and also where one that waits is cancelled."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from auterity_sdk.runtime.alone import Alone


async def hold(alone: Alone, told: list[str], name: str) -> None:
    async with alone:
        told.append(f"{name} begins")
        await asyncio.sleep(0)
        async with alone:
            await asyncio.sleep(0)
        told.append(f"{name} ends")


async def test_one_after_the_other_as_they_ask() -> None:
    alone, told = Alone(), list[str]()
    await asyncio.gather(*(hold(alone, told, name) for name in "abcd"))
    assert told == [f"{name} {does}" for name in "abcd" for does in ("begins", "ends")]


@pytest.mark.parametrize("turns", range(8))
async def test_whoever_is_cancelled_holds_nobody_up(turns: int) -> None:
    """At any moment: while it waits, in the one in which it is its turn, or when it has had it."""
    alone, told = Alone(), list[str]()
    tasks = [asyncio.create_task(hold(alone, told, name)) for name in "abc"]
    for _ in range(turns):
        await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
    assert [line for line in told if not line.startswith("b")] == [
        "a begins",
        "a ends",
        "c begins",
        "c ends",
    ]
    begun = [line for line in told if line.endswith("begins")]
    assert begun == sorted(begun)
    assert all(a[0] == b[0] or a.endswith("ends") or a[0] == "b" for a, b in pairwise(told))
    await asyncio.wait_for(hold(alone, told, "d"), 5)
