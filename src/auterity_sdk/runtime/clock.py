"""The system's clock."""

from __future__ import annotations

import asyncio
import time


class SystemClock:
    """The time of this machine."""

    def now(self) -> int:
        """Milliseconds since 1970, UTC."""
        return time.time_ns() // 1_000_000

    async def pause(self, until: int | None, wake: asyncio.Event, *, idle: bool) -> None:  # noqa: ARG002 - a clock that is moved by hand needs it
        """Sleep until that time, at most; `wake` ends it."""
        length = None if until is None else max(0.0, (until - self.now()) / 1000)
        try:
            async with asyncio.timeout(length):
                await wake.wait()
        except TimeoutError:
            return
