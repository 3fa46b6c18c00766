"""Earlier results: looked for before an attempt, and kept after it."""

from __future__ import annotations

from auterity_sdk.runs.commands import CacheAnswered
from auterity_sdk.runs.orders import LookUp
from auterity_sdk.runtime.ports import Cache


async def look_up(cache: Cache, order: LookUp, now: int) -> CacheAnswered:
    """What a step that looks for an earlier result is told."""
    found = None
    if order.age is not None:
        found = await cache.cached(order.key, now - order.age)
    return CacheAnswered(now, order.step, found)
