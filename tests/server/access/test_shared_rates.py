"""Requests are counted by all processes together, and by each alone while Redis is gone."""

import pytest

from auterity_server.access.rates import MemoryRates, Rate
from auterity_server.access.refusals import TooMany
from auterity_server.access.shared_rates import RedisRates
from tests.services.redis import running_redis

TWO = Rate(burst=2, per_minute=1)


async def test_processes_count_together(redis_url: str) -> None:
    one, two = (RedisRates(redis_url, MemoryRates(lambda: 1), lambda _: None) for _ in range(2))
    await one.take("user:1", TWO)
    await two.take("user:1", TWO)
    for each in (one, two):
        with pytest.raises(TooMany) as refused:
            await each.take("user:1", TWO)
        assert 55 <= (refused.value.retry_after or 0) <= 60
    await two.take("user:2", TWO)
    await one.take("user:2", TWO)
    await one.close()
    await two.close()


async def test_each_counts_alone_while_redis_is_gone() -> None:
    with running_redis() as redis:
        rates = RedisRates(redis.url, MemoryRates(lambda: 1), lambda _: None)
        await rates.take("user:1", TWO)
        redis.kill()
        await rates.take("user:1", TWO)
        await rates.take("user:1", TWO)
        with pytest.raises(TooMany):
            await rates.take("user:1", TWO)
        await rates.close()
