"""A clock that tests move by hand, or that moves by itself when nothing else is left to happen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta


class VirtualClock:
    """Time that passes only when it is told to, or when all is idle: two days take no time.

    `at` is in milliseconds since 1970, UTC. `moves`: it jumps to the next timer when no attempt runs.
    """

    def __init__(self, at: int = 1_800_000_000_000, *, moves: bool = True) -> None:
        self.at = at
        self.moves = moves
        self._moved: asyncio.Event | None = None

    def now(self) -> int:
        """What time it is."""
        return self.at

    def advance(self, length: timedelta) -> None:
        """Let time pass."""
        self.at += round(length / timedelta(milliseconds=1))
        if self._moved is not None:
            self._moved.set()

    async def pause(
        self,
        until: int | None,
        wake: asyncio.Event,
        *,
        idle: bool,
        changed: Callable[[], bool] | None = None,  # noqa: ARG002 - nobody else does anything
    ) -> None:
        """See `Clock.pause`."""
        if self.moves and idle and until is not None:
            self.at = max(self.at, until)
            return
        # Made anew, since a test may drive one run in several event loops.
        self._moved = asyncio.Event()
        waits = [asyncio.create_task(event.wait()) for event in (wake, self._moved)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
