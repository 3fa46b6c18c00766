"""Word over Redis wakes streams of other processes; without Redis nobody is held up, and it is heard again afterwards."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from auterity_server.run_store import redis_channel
from auterity_server.run_store.bells import Bell, Bells
from auterity_server.run_store.redis_channel import RedisChannel
from tests.services.redis import running_redis

LONG = 30.0


async def rung(bell: Bell, channel: RedisChannel) -> None:
    """Tell until it is heard: the one who listens may be about to begin."""
    waiting = asyncio.ensure_future(bell.wait(asyncio.Event()))
    async with asyncio.timeout(LONG / 2):
        while not waiting.done():
            channel.tell("here", "r1", 3)
            await asyncio.wait({waiting}, timeout=0.05)


async def test_what_one_process_records_wakes_the_streams_of_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(redis_channel, "_AGAIN", 0.05)
    mine, theirs = Bells(LONG), Bells(LONG)
    with running_redis() as redis:
        tells, hears = RedisChannel(redis.url, mine), RedisChannel(redis.url, theirs)
        hears.listen()
        with theirs.bell("here") as bell, theirs.bell("elsewhere") as foreign:
            await rung(bell, tells)
            redis.kill()
            tells.tell("here", "r1", 4)
            redis.start()
            await rung(bell, tells)
            assert not foreign._rung.is_set(), "only streams of that environment are woken"
        await tells.close()
        await hears.close()


async def test_it_closes_though_a_connection_cannot_be_put_away_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put_away = PubSub.aclose

    async def lost(self: PubSub) -> None:
        await put_away(self)
        raise RedisError

    monkeypatch.setattr(PubSub, "aclose", lost)
    bells = Bells(LONG)
    with running_redis() as redis:
        channel = RedisChannel(redis.url, bells)
        channel.listen()
        with bells.bell("here") as bell:
            await rung(bell, channel)
        async with asyncio.timeout(LONG / 2):
            await channel.close()
        assert channel._listening is not None
        assert channel._listening.done()


async def test_a_ring_before_the_wait_is_not_lost() -> None:
    bells, stopping = Bells(LONG), asyncio.Event()
    with bells.bell("here") as bell:
        bells.ring("here")
        async with asyncio.timeout(LONG / 2):
            await bell.wait(stopping)
        assert not bell._rung.is_set()
        stopping.set()
        async with asyncio.timeout(LONG / 2):
            await bell.wait(stopping)
    assert bells._of == {}, "a stream that is over is not rung"
