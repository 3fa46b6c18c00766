import asyncio
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.ai.circuit import Circuit, CircuitModel
from auterity_sdk.errors import StepError
from tests.ai.asking import model, request
from tests.ai.model_server import ModelServer, Reply, serving


class Clock:
    def __init__(self) -> None:
        self.time = 1_000_000

    def now(self) -> int:
        return self.time


ILL = Reply(status=503)


def guarded(server: ModelServer, clock: Clock, **more: Any) -> CircuitModel:
    return CircuitModel(model(server), Circuit(failures=3, pause=30_000, **more), clock.now)


async def failed(asked: CircuitModel) -> StepError:
    with pytest.raises(StepError) as raised:
        await asked.answer(request())
    return raised.value


async def test_a_provider_that_fails_again_and_again_is_left_alone() -> None:
    clock = Clock()
    with serving(ILL) as server:
        asked = guarded(server, clock)
        for _ in range(3):
            await failed(asked)
        clock.time += 10_000
        error = await failed(asked)
    assert len(server.received) == 3
    assert (error.type, error.retryable, error.retry_after) == ("overloaded", True, 20.0)


async def test_after_a_pause_one_call_tries_and_a_failure_opens_anew() -> None:
    clock = Clock()
    with serving(ILL, ILL, ILL, ILL, Reply("back")) as server:
        asked = guarded(server, clock)
        for _ in range(3):
            await failed(asked)
        clock.time += 30_000
        await failed(asked)
        assert len(server.received) == 4
        await failed(asked)
        assert len(server.received) == 4
        clock.time += 30_000
        assert (await asked.answer(request())).text == "back"
        assert (await asked.answer(request())).text == "back"


async def test_half_open_lets_a_single_call_out() -> None:
    clock = Clock()
    with serving(ILL, ILL, ILL, Reply("back", delay=0.2)) as server:
        asked = guarded(server, clock)
        for _ in range(3):
            await failed(asked)
        clock.time += 30_000
        answers = await asyncio.gather(
            *(asked.answer(request()) for _ in range(5)), return_exceptions=True
        )
    assert len(server.received) == 4
    assert sum(isinstance(answer, StepError) for answer in answers) == 4


async def test_a_trial_that_is_cancelled_leaves_room_for_another() -> None:
    clock = Clock()
    with serving(ILL, ILL, ILL, Reply("late", delay=5), Reply("back")) as server:
        asked = guarded(server, clock)
        for _ in range(3):
            await failed(asked)
        clock.time += 30_000
        trial = asyncio.create_task(asked.answer(request()))
        await asyncio.to_thread(server.wait_for, 4)
        trial.cancel()
        await asyncio.gather(trial, return_exceptions=True)
        assert (await asked.answer(request())).text == "back"


@pytest.mark.parametrize("status", [400, 401, 429])
async def test_an_error_of_one_request_does_not_count(status: int) -> None:
    with serving(Reply(status=status)) as server:
        asked = guarded(server, Clock())
        for _ in range(5):
            await failed(asked)
    assert len(server.received) == 5


async def test_a_success_between_begins_the_count_anew() -> None:
    with serving(ILL, ILL, Reply("ok"), ILL, ILL, Reply("ok")) as server:
        asked = guarded(server, Clock())
        for _ in range(2):
            await failed(asked)
            await failed(asked)
            await asked.answer(request())
    assert len(server.received) == 6


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40_000)), max_size=60))
def test_calls_out_of_an_open_circuit_are_a_pause_apart(calls: list[tuple[bool, int]]) -> None:
    circuit, now, out = Circuit(failures=3, pause=30_000), 0, []
    for ill, later in calls:
        now += later
        tried = circuit.opened_at is not None
        if circuit.enter(now) is None:
            out.append((now, tried, ill))
            circuit.leave(now, ill=ill, tried=tried)
    for (before, _, _), (at, tried, _) in pairwise(out):
        assert not tried or at - before >= 30_000
