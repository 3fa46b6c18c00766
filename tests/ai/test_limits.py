import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.ai.limits import MINUTE, PATIENCE, LimitedModel, Limits, Taken, turn_after
from auterity_sdk.errors import StepError
from auterity_sdk.runtime.shared_turns import SharedTurns
from tests.ai.asking import model, request
from tests.ai.model_server import Reply, serving

START = 1_000_000_000


@given(
    st.lists(st.tuples(st.integers(0, 20_000), st.integers(1, 600)), min_size=1, max_size=60),
    st.integers(1, 8) | st.none(),
    st.integers(600, 2_000) | st.none(),
)
def test_no_minute_holds_more_than_may_be(
    asked: list[tuple[int, int]], requests: int | None, tokens: int | None
) -> None:
    limits, now, taken = Limits(requests, tokens), START, list[Taken]()
    for later, size in asked:
        now += later
        at = turn_after(taken, limits, size, now)
        assert at >= max([now, *(each.at for each in taken[-1:])])
        taken.append(Taken(at, size))
    for last in taken:
        within = [each for each in taken if last.at - MINUTE < each.at <= last.at]
        assert requests is None or len(within) <= requests
        assert tokens is None or sum(each.tokens for each in within) <= tokens


@given(st.integers(1, 8), st.integers(0, 30))
def test_a_turn_is_given_as_soon_as_may_be(requests: int, before: int) -> None:
    limits, taken = Limits(requests), list[Taken]()
    for _ in range(before):
        taken.append(Taken(turn_after(taken, limits, 1, START), 1))
    assert turn_after(taken, limits, 1, START) == START + before // requests * MINUTE


def test_a_call_that_is_larger_than_a_minute_waits_for_an_empty_one() -> None:
    limits = Limits(tokens=100)
    assert turn_after([], limits, 500, START) == START
    assert turn_after([Taken(START, 1)], limits, 500, START) == START + MINUTE


async def test_those_who_share_a_file_share_the_turns(tmp_path: Path) -> None:
    one, other = (SharedTurns(tmp_path / "limits.db") for _ in range(2))
    limits = Limits(requests=4)
    turns = await asyncio.gather(
        *(part.take("llm", limits, 10, START) for _ in range(4) for part in (one, other))
    )
    assert sorted(turn.at - START for turn in turns) == [0, 0, 0, 0, *[MINUTE] * 4]
    assert (await one.take("another", limits, 10, START)).at == START


async def test_what_was_taken_in_truth_counts(tmp_path: Path) -> None:
    turns, limits = SharedTurns(tmp_path / "limits.db"), Limits(tokens=100)
    first = await turns.take("llm", limits, 90, START)
    assert first.id is not None
    await turns.settle(first.id, 20)
    second = await turns.take("llm", limits, 80, START)
    assert second.at == START
    assert second.id is not None
    await turns.settle(second.id, None)
    assert (await turns.take("llm", limits, 80, START)).at == START


async def test_a_clock_that_was_put_back_blocks_nobody(tmp_path: Path) -> None:
    turns, limits = SharedTurns(tmp_path / "limits.db"), Limits(requests=1)
    await turns.take("llm", limits, 1, START + 86_400_000)
    assert (await turns.take("llm", limits, 1, START)).at == START


async def test_the_file_holds_nothing_of_what_was_asked(tmp_path: Path) -> None:
    turns, file = SharedTurns(tmp_path / "limits.db"), tmp_path / "limits.db"
    with serving(Reply("We open at nine.")) as server:
        await LimitedModel(model(server), "llm", Limits(9), turns, lambda: START).answer(request())
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"Rosa" not in file.read_bytes()


async def test_a_call_waits_for_its_turn_and_a_far_one_is_an_error(tmp_path: Path) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    turns = SharedTurns(tmp_path / "limits.db")
    with serving(Reply("hi")) as server:
        asked = LimitedModel(model(server), "llm", Limits(requests=2), turns, lambda: START, sleep)
        for _ in range(6):
            await asked.answer(request())
        with pytest.raises(StepError) as raised:
            await asked.answer(request())
    assert waited == [0, 0, 60, 60, 120, 120]
    assert (raised.value.type, raised.value.retryable) == ("rate_limited", True)
    assert raised.value.retry_after == 180
    assert raised.value.retry_after * 1000 > PATIENCE
    assert len(server.received) == 6


async def test_a_call_that_is_cancelled_while_it_waits_gives_its_turn_back(tmp_path: Path) -> None:
    turns, begun = SharedTurns(tmp_path / "limits.db"), asyncio.Event()

    async def sleep(seconds: float) -> None:
        if seconds:
            begun.set()
            await asyncio.sleep(60)

    with serving(Reply("hi")) as server:
        asked = LimitedModel(model(server), "llm", Limits(requests=1), turns, lambda: START, sleep)
        await asked.answer(request())
        waiting = asyncio.create_task(asked.answer(request()))
        await begun.wait()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    assert (await turns.take("llm", Limits(requests=1), 1, START)).at == START + MINUTE
