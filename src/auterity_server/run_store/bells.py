"""Wakes streams of events, where something is recorded in their environment."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct, field

from auterity_sdk.runtime.following import PAUSE

_APART = 0.02
"""Seconds between two looks of a stream: what is recorded meanwhile is read by one."""


class Bell(Struct, eq=False):
    """That of one stream. It looks by itself each `pause` seconds too: a ring may be lost, an event never."""

    pause: float
    _rung: asyncio.Event = field(default_factory=asyncio.Event)

    def ring(self) -> None:
        """Something was recorded."""
        self._rung.set()

    async def wait(self, stopping: asyncio.Event) -> None:
        """Until it is rung, also if it was since the last wait, until the pause is over, or all is stopping."""
        waits = [asyncio.ensure_future(each.wait()) for each in (self._rung, stopping)]
        try:
            await asyncio.wait(waits, timeout=self.pause, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
        if self._rung.is_set() and not stopping.is_set():
            await asyncio.sleep(_APART)
        self._rung.clear()


class Bells:
    """The bells of a process, by environment. For one event loop."""

    def __init__(self, pause: float = PAUSE) -> None:
        self.pause = pause
        self._of: dict[str, set[Bell]] = {}

    @contextmanager
    def bell(self, environment: str) -> Iterator[Bell]:
        """One that is rung as long as this lasts."""
        bell = Bell(self.pause)
        self._of.setdefault(environment, set()).add(bell)
        try:
            yield bell
        finally:
            found = self._of[environment]
            found.remove(bell)
            if not found:
                del self._of[environment]

    def ring(self, environment: str) -> None:
        """Something was recorded there."""
        for bell in self._of.get(environment, ()):
            bell.ring()
