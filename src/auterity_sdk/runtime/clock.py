"""The system's clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

GLANCE = 0.025
"""Seconds between two looks at whether others did something."""


class SystemClock:
    """The time of this machine, moved by `shift` milliseconds: a demo or a rehearsal of another day."""

    def __init__(self, shift: int = 0) -> None:
        self._shift = shift

    @classmethod
    def starting_at(cls, moment: datetime) -> SystemClock:
        """A clock that says `moment` (aware) now, and goes on from there."""
        return cls(int(moment.timestamp() * 1000) - time.time_ns() // 1_000_000)

    def now(self) -> int:
        """Milliseconds since 1970, UTC."""
        return time.time_ns() // 1_000_000 + self._shift

    async def pause(
        self,
        until: int | None,
        wake: asyncio.Event,
        *,
        idle: bool,  # noqa: ARG002 - a clock that is moved by hand needs it
        changed: Callable[[], bool] | None = None,
    ) -> None:
        """Sleep until that time, at most; `wake` ends it, and so does `changed`, a glance later."""
        while True:
            length = None if until is None else max(0.0, (until - self.now()) / 1000)
            glance = (
                length if changed is None else min(GLANCE, GLANCE if length is None else length)
            )
            try:
                async with asyncio.timeout(glance):
                    await wake.wait()
            except TimeoutError:
                if length == glance or changed is None or changed():
                    return
            else:
                return
