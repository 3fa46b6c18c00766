"""The database's time: machines that share a store of runs agree on it, whatever their own clocks say."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from auterity_sdk.runtime.clock import SystemClock

EVERY = 60.0
"""Seconds between two measurements."""


class DatabaseClock(SystemClock):
    """Goes on by this machine's ticking from when the database was asked last; until then it is the machine's clock.

    A clock that is set anew on this machine changes nothing. `shift` is in milliseconds, as for a rehearsal of another day.
    """

    def __init__(self, shift: int = 0) -> None:
        super().__init__(shift)
        self._begun: tuple[int, int] | None = None

    def now(self) -> int:
        """Milliseconds since 1970, UTC."""
        if self._begun is None:
            return super().now()
        at, ticked = self._begun
        return at + (time.monotonic_ns() - ticked) // 1_000_000 + self._shift

    async def measure(self, ask: Callable[[], Awaitable[int]]) -> None:
        """Go by what `ask` gives, which was true in the middle of the asking."""
        before = time.monotonic_ns()
        found = await ask()
        self._begun = found, (before + time.monotonic_ns()) // 2
