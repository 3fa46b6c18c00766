"""Checks while somebody types: after a pause, beside the typing, and only the newest text counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from auterity_cli.language_server.analysis import Analysis

PAUSE = 0.01
"""Seconds without an edit, after which a text is checked."""

Analyse = Callable[[str, Analysis | None], Analysis | None]
"""Makes the state of the file of an address, from the one before; None for a file that is no workflow."""

Outlined = Callable[[str, Analysis], Analysis]
"""Makes of a state one with the newest text of its file, without a check."""

Publish = Callable[[str, Analysis | None], None]


class Checking:
    """The states of the files that are open, by their address.

    `analyse` runs in one thread of its own, and `complain` is told what it raises, so that an edit never waits for a check. A check whose text was
    changed meanwhile is finished and thrown away.
    """

    def __init__(
        self,
        analyse: Analyse,
        outlined: Outlined,
        publish: Publish,
        complain: Callable[[Exception], None],
    ) -> None:
        self._analyse = analyse
        self._outlined = outlined
        self._publish = publish
        self._complain = complain
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="check")
        self._edits: dict[str, int] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.states: dict[str, Analysis | None] = {}

    def edited(self, uri: str) -> None:
        """The text of a file is another one now: check it soon."""
        self._edits[uri] = self._edits.get(uri, 0) + 1
        task = self._tasks.get(uri)
        if task is None or task.done():
            self._tasks[uri] = asyncio.get_running_loop().create_task(self._run(uri))

    def closed(self, uri: str) -> None:
        """A file is no longer open: forget it."""
        for known in (self._edits, self._tasks, self.states):
            known.pop(uri, None)

    async def newest(self, uri: str, patience: float | None = None) -> Analysis | None:
        """The state of the newest text of a file; None if it is no workflow.

        Where its check takes longer than `patience` seconds, the state before, with the newest text's outline.
        """
        while (task := self._tasks.get(uri)) is not None and not task.done():
            _, late = await asyncio.wait({task}, timeout=patience)
            state = self.states.get(uri)
            if late and state is not None:
                return self._outlined(uri, state)
        return self.states.get(uri)

    def stop(self) -> None:
        """Start no further check."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    async def _run(self, uri: str) -> None:
        """Check until no edit came during a check."""
        loop = asyncio.get_running_loop()
        while uri in self._edits:
            edit = await self._quiet(uri)
            before = self.states.get(uri)
            try:
                found = await loop.run_in_executor(self._worker, self._analyse, uri, before)
                if self._edits.get(uri) == edit:
                    self.states[uri] = found
                    self._publish(uri, found)
            except Exception as error:  # noqa: BLE001 - a defect on one text must not end the next check
                self._complain(error)
            if self._edits.get(uri) == edit:
                return

    async def _quiet(self, uri: str) -> int | None:
        """Wait until there was no edit for a while; the number of the last one."""
        while True:
            edit = self._edits.get(uri)
            await asyncio.sleep(PAUSE)
            if self._edits.get(uri) == edit:
                return edit
