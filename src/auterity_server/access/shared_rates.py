"""How many requests one principal or one address may make, counted by all processes together in Redis."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

from redis.asyncio import Redis
from redis.exceptions import RedisError

from auterity_server.access.rates import Rate, Rates
from auterity_server.access.refusals import TooMany
from auterity_server.access.shared_rights import STAMP

_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local burst, per_millisecond = tonumber(ARGV[1]), tonumber(ARGV[2]) / 60000
local known = redis.call('HMGET', KEYS[1], 'left', 'at')
local left, at = tonumber(known[1]) or burst, tonumber(known[2]) or now
left = math.min(burst, left + math.max(0, now - at) * per_millisecond)
local wait = 0
if left >= 1 then left = left - 1 else wait = math.ceil((1 - left) / per_millisecond) end
redis.call('HSET', KEYS[1], 'left', tostring(left), 'at', tostring(now))
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / per_millisecond) + 1000)
local stamp = redis.call('GET', KEYS[2])
if not stamp then
    stamp = time[1] .. '.' .. time[2]
    redis.call('SET', KEYS[2], stamp)
end
return {wait, stamp}
"""
"""Counts, and gives the stamp of rights. One that was lost is made anew, as another: what it would have told is unknown."""

_PATIENCE = 0.5
_LEFT_OUT = 5.0
"""Seconds for which a Redis that could not be reached is not asked again."""


class RedisRates:
    """See `Rates`. While Redis cannot be reached, each process counts `alone`.

    `heard` is told of the stamp of rights, which comes with each count.
    """

    def __init__(self, url: str, alone: Rates, heard: Callable[[bytes], None]) -> None:
        self._redis = Redis.from_url(
            url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE, retry=None
        )
        self._script = self._redis.register_script(_SCRIPT)
        self._alone = alone
        self._heard = heard
        self._left_out_until = 0.0

    async def take(self, subject: str, rate: Rate) -> None:
        """Count one request. Raises `TooMany` where there were too many."""
        wait = await self._counted(subject, rate)
        if wait is None:
            await self._alone.take(subject, rate)
        elif wait > 0:
            raise TooMany(max(1, round(wait / 1000)))

    async def close(self) -> None:
        """See `Rates.close`."""
        await self._redis.aclose()

    async def _counted(self, subject: str, rate: Rate) -> int | None:
        """Milliseconds to wait, 0 for none; None where Redis cannot be reached."""
        if time.monotonic() < self._left_out_until:
            return None
        # An address is personal data: Redis knows no more than a digest of it.
        key = f"auterity.rate.{hashlib.sha256(subject.encode()).hexdigest()[:32]}"
        try:
            wait, stamp = await self._script(keys=[key, STAMP], args=[rate.burst, rate.per_minute])
        except (RedisError, OSError):
            self._left_out_until = time.monotonic() + _LEFT_OUT
            return None
        self._heard(stamp)
        return int(wait)
