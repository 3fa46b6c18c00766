"""One task at a time, where a store lets others in while it is waited for."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any


class Alone:
    """A lock that a task may take again while it has it: `async with alone`. Who waits longest is next."""

    def __init__(self) -> None:
        self._owner: asyncio.Task[Any] | None = None
        self._depth = 0
        self._waiting: deque[tuple[asyncio.Task[Any] | None, asyncio.Future[None]]] = deque()

    @property
    def is_taken(self) -> bool:
        """A task has it."""
        return self._depth > 0

    async def __aenter__(self) -> asyncio.Task[Any] | None:
        """Wait for it; gives the task that is running."""
        task = asyncio.current_task()
        if not self._depth:
            self._owner = task
        elif self._owner is not task or task is None:
            await self._turn(task)
            return task
        self._depth += 1
        return task

    async def __aexit__(self, *_: object) -> None:
        self._depth -= 1
        if not self._depth:
            self._owner = None
            self._pass_on()

    async def _turn(self, task: asyncio.Task[Any] | None) -> None:
        """Wait until it is handed over."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((task, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                await self.__aexit__()  # it was handed over in the same moment
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            task, turn = self._waiting.popleft()
            if not turn.done():
                self._owner, self._depth = task, 1
                turn.set_result(None)
                return
