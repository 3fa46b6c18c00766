"""How many requests may be made: by a principal, by a stranger, by anybody on routes that are open."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from auterity_server.access.rates import MemoryRates, Rate, per_minute
from auterity_server.access.refusals import TooMany
from auterity_server.settings import Settings
from tests.server.access.conftest import House

RATE = Rate(burst=3, per_minute=60)


class _Moment:
    at = 0

    def now(self) -> int:
        return self.at


async def _taken(rates: MemoryRates, subject: str, rate: Rate = RATE) -> bool:
    try:
        await rates.take(subject, rate)
    except TooMany:
        return False
    return True


async def test_a_burst_and_then_one_after_the_other() -> None:
    moment = _Moment()
    rates = MemoryRates(moment.now)
    assert [await _taken(rates, "a") for _ in range(4)] == [True, True, True, False]
    assert await _taken(rates, "b")
    moment.at = 1_000
    assert [await _taken(rates, "a") for _ in range(2)] == [True, False]


async def test_one_is_told_when_to_come_again() -> None:
    rates = MemoryRates(_Moment().now)
    for _ in range(3):
        await rates.take("a", RATE)
    with pytest.raises(TooMany) as refused:
        await rates.take("a", RATE)
    assert refused.value.retry_after == 1


@given(st.lists(st.integers(0, 5_000), max_size=60), st.integers(1, 8), st.integers(1, 600))
def test_never_more_than_the_burst_and_what_time_brings(
    pauses: list[int], burst: int, per_minute: int
) -> None:
    moment = _Moment()
    rates, rate = MemoryRates(moment.now), Rate(burst, per_minute)

    async def work() -> int:
        taken = 0
        for pause in pauses:
            moment.at += pause
            taken += await _taken(rates, "a", rate)
        return taken

    taken = asyncio.run(work())
    assert taken <= burst + sum(pauses) * per_minute / 60_000
    assert taken >= min(len(pauses), burst)


async def test_the_memory_for_it_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auterity_server.access.rates._MOST_SUBJECTS", 10)
    rates = MemoryRates(_Moment().now)
    for number in range(50):
        await rates.take(str(number), RATE)
    assert len(rates._buckets) == 10


def _measured(house: House, **rates: Rate) -> None:
    access = house.app.state.access
    house.app.state.access = replace(access, door=replace(access.door, **rates))


TWO = Rate(burst=2, per_minute=60)


async def test_a_stranger_who_tries_credentials_has_to_wait(house: House) -> None:
    _measured(house, of_addresses=TWO)
    guess = {"Authorization": "Bearer aut_key_guess"}
    answers = [await house.me(guess) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert answers[2].json()["code"] == "too-many-requests"
    assert answers[2].headers["retry-after"] == "1"
    assert (await house.me(await house.sign_in("viewer"))).status_code == 200


async def test_each_principal_has_its_own_measure(house: House) -> None:
    _measured(house, of_principals=TWO)
    viewer, owner = await house.sign_in("viewer"), await house.sign_in("owner")
    assert [(await house.me(viewer)).status_code for _ in range(3)] == [200, 200, 429]
    assert (await house.me(owner)).status_code == 200
    house.clock.at += 1_000
    assert (await house.me(viewer)).status_code == 200


async def test_open_routes_have_a_measure_for_each_address(house: House) -> None:
    _measured(house, of_addresses=TWO)
    codes = [(await house.client.get("/.well-known/jwks.json")).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert (await house.client.get("/device")).status_code == 429
    assert (await house.client.get("/health/live")).status_code == 200


def test_the_settings_say_how_many() -> None:
    settings = Settings.from_environment(
        {"AUTERITY_REQUESTS_PER_MINUTE": "100", "AUTERITY_PUBLIC_REQUESTS_PER_MINUTE": "1"}
    )
    assert per_minute(settings.requests_per_minute) == Rate(50, 100)
    assert per_minute(settings.public_requests_per_minute) == Rate(1, 1)
