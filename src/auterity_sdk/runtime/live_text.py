"""The text that steps write, while they write it: for who reads along, in this process or in another.

It is no part of the journal, which has the answer once and whole.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

from msgspec import Struct, field

from auterity_sdk.errors import LeaseLost, StoreError
from auterity_sdk.runs.commands import AttemptFailed, AttemptSucceeded
from auterity_sdk.runtime.live import Live
from auterity_sdk.runtime.ports import TEXT, Heartbeats

TextWatcher = Callable[[str, str, str], None]
"""Told a run, the path of one of its steps, and all of the text that the step has written so far, in clear; `""`: what
was told is void."""

KEPT_EVERY = 0.5
"""Seconds. A text that is longer in the writing is kept so often for other processes; a shorter one is not."""

_BORDER = re.compile(
    r"(?:(?<![^\s(\"“])[a-z\u00df-\u00ff]{3,}\.|[^\W\d_]{3,}[!?…])[\"”')\]]*\s+|(?<=\D)\n"
)
"""Where a sentence ends: not behind an abbreviation (`St. Clair Avenue`), nor within a number."""


class Told(Struct):
    """Hands on what one attempt writes."""

    tell: Callable[[str], None] | None
    keep: Callable[[str], Awaitable[None]] | None
    _text: str = ""
    _kept: str = ""
    _timer: asyncio.TimerHandle | None = None
    _keeping: asyncio.Task[None] | None = None

    def hear(self, text: str) -> None:
        """Told all of the text that there is so far."""
        self._text = text
        if self.tell is not None:
            self.tell(text)
        if self.keep is not None and self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(KEPT_EVERY, self._begin_keeping)

    async def of(
        self, attempt: Awaitable[AttemptSucceeded | AttemptFailed]
    ) -> AttemptSucceeded | AttemptFailed:
        """What the attempt brings. Unless it has succeeded, what it wrote is void."""
        ended = None
        try:
            ended = await attempt
            return ended
        finally:
            await self._end_keeping()
            if not isinstance(ended, AttemptSucceeded):
                self._text = ""
                if self.tell is not None:
                    self.tell("")
            if self._kept:
                await self._keep_now()

    def _begin_keeping(self) -> None:
        self._keeping = asyncio.get_running_loop().create_task(self._keep_on())

    async def _keep_on(self) -> None:
        while self._text != self._kept:
            await self._keep_now()
            await asyncio.sleep(KEPT_EVERY)
        self._timer = None

    async def _end_keeping(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._keeping is not None:
            self._keeping.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeping

    async def _keep_now(self) -> None:
        if self.keep is None or self._text == self._kept:
            return
        self._kept = self._text
        with suppress(LeaseLost, StoreError):  # only who reads along misses something
            await self.keep(self._kept)


def told(
    live: Live, step: str, watcher: TextWatcher | None, store: Heartbeats | None
) -> Told | None:
    """Who hands on what a step of a run writes, to `watcher` and to who looks into `store`; None: nobody wants it."""
    if watcher is None and store is None:
        return None
    kept = watched = None
    if store is not None:

        async def kept(text: str) -> None:
            await store.beat(live.run_id, step + TEXT, text, live.lease)

    if watcher is not None:

        def watched(text: str) -> None:
            watcher(live.run_id, step, text)

    return Told(watched, kept)


async def text_kept(store: Heartbeats, run_id: str, step: str) -> str:
    """What a step has written so far, wherever it runs; empty where nothing is kept."""
    found: Any = await store.last_beat(run_id, step + TEXT)
    return found if isinstance(found, str) else ""


class TextPart(Struct, frozen=True):
    """A part of the text that a step writes, as it may be shown. `void`: what was shown of it before is not taken."""

    step: str
    text: str
    void: bool = False


class Shown(Struct):
    """What one step writes, in parts that may be shown: each ends where a sentence does, and is masked as a whole.

    So a piece that splits a phone number shows no half of it.
    """

    step: str
    mask: Callable[[str], str]
    _done: str = field(default="")

    def more(self, text: str, *, over: bool = False) -> Iterator[TextPart]:
        """What may be shown of a text beyond what was; `over`: no more of it comes."""
        if not text.startswith(self._done):
            self._done = ""
            yield TextPart(self.step, "", void=True)
        rest = text[len(self._done) :]
        ends = [found.end() for found in _BORDER.finditer(rest)]
        part = (
            rest
            if over
            else next(filter(None, (self._part(rest, end) for end in reversed(ends))), "")
        )
        if part:
            self._done += part
            yield TextPart(self.step, self.mask(part))

    def _part(self, rest: str, end: int) -> str:
        """The text up to there, if nothing that is masked lies across."""
        one, other = rest[:end], rest[end:]
        return one if self.mask(one) + self.mask(other) == self.mask(rest) else ""
