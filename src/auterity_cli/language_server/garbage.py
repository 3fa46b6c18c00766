"""Garbage is collected when nobody types: a full collection takes longer than a check of a file."""

from __future__ import annotations

import asyncio
import gc

IDLE = 2.0
"""Seconds without a check, after which there is time for it."""

_MANY = (200_000, 10, 10)
"""So many new objects, that only those who type without a pause meet a collection."""


class Garbage:
    """Puts collections off until a quiet moment."""

    def __init__(self) -> None:
        self._later: asyncio.TimerHandle | None = None

    def put_off(self) -> None:
        """Something was done: wait for the next quiet moment. What stays from the first time on is never searched."""
        if self._later is None:
            gc.set_threshold(*_MANY)
            gc.collect()
            gc.freeze()
            gc.enable()
        else:
            self._later.cancel()
        self._later = asyncio.get_running_loop().call_later(IDLE, gc.collect)
