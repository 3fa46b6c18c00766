"""How many requests one principal or one address may make: the port, and its form for a single process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from auterity_server.access.refusals import TooMany

_MOST_SUBJECTS = 50_000


class Rate(Struct, frozen=True):
    """`burst` requests at once, and `per_minute` in the long run."""

    burst: int
    per_minute: int


def per_minute(number: int) -> Rate:
    """So many in a minute, and half of them at once."""
    return Rate(max(1, number // 2), number)


class Rates(Protocol):
    """Counts requests."""

    async def take(self, subject: str, rate: Rate) -> None:
        """Count one request. Raises `TooMany` where there were too many."""

    async def close(self) -> None:
        """End what it is connected with."""


class _Bucket(Struct):
    left: float
    at: int


class MemoryRates:
    """Counts in this process. `now` is in milliseconds."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._buckets: dict[str, _Bucket] = {}

    async def take(self, subject: str, rate: Rate) -> None:
        """Count one request. Raises `TooMany` where there were too many."""
        now = self._now()
        # Taken out and put back, so that the first in the dictionary was not seen for longest.
        bucket = self._buckets.pop(subject, None) or _Bucket(rate.burst, now)
        per_millisecond = rate.per_minute / 60_000
        left = min(rate.burst, bucket.left + max(0, now - bucket.at) * per_millisecond)
        self._buckets[subject] = _Bucket(left - 1 if left >= 1 else left, now)
        self._bound()
        if left < 1:
            raise TooMany(max(1, round((1 - left) / per_millisecond / 1000)))

    async def close(self) -> None:
        """See `Rates.close`: it is connected with nothing."""

    def _bound(self) -> None:
        if len(self._buckets) > _MOST_SUBJECTS:
            del self._buckets[next(iter(self._buckets))]
