"""The database's time: machines that share a store of runs agree on it, whatever their own clocks say."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from auterity_sdk.runtime.clock import SystemClock

EVERY = 60.0
"""Seconds between two measurements."""

_QUICK = 5_000_000
"""An answer that took so many nanoseconds is as good as any."""

_QUESTIONS = 5
_DRIFT = 10_000
"""Clocks of two machines go apart by one part in so many, at most."""


class DatabaseClock(SystemClock):
    """Goes on by this machine's ticking from when the database was asked last; until then it is the machine's clock.

    A clock that is set anew on this machine changes nothing. It is off by half of what the quickest answer took, at most. `shift` is in milliseconds, as for a rehearsal of another day.
    """

    def __init__(self, shift: int = 0) -> None:
        super().__init__(shift)
        self._begun: tuple[int, int] | None = None
        self._took = 0

    def now(self) -> int:
        """Milliseconds since 1970, UTC."""
        return self.real() + self._shift

    def real(self) -> int:
        """The same without the shift: what is signed elsewhere, or ends, goes by that."""
        if self._begun is None:
            return super().now() - self._shift
        at, ticked = self._begun
        return at + (time.monotonic_ns() - ticked) // 1_000_000

    async def measure(self, ask: Callable[[], Awaitable[int]]) -> None:
        """Go by what `ask` gives: by the quickest of a few answers, unless all are worse than what is known.

        An answer was true at some time during the asking; who is busy hears it late, and knows nothing by that.
        """
        answers = []
        for _ in range(_QUESTIONS):
            before = time.monotonic_ns()
            found = await ask()
            took = time.monotonic_ns() - before
            answers.append((took, found, before + took // 2))
            if took <= _QUICK:
                break
        took, found, middle = min(answers)
        if self._begun is None or took <= self._took + 2 * (middle - self._begun[1]) // _DRIFT:
            self._begun, self._took = (found, middle), took
