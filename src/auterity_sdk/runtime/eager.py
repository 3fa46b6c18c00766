"""Coroutines that begin without a task: most steps end before they wait for anything, and a task costs more than they do.

To the coroutine all is as in a task of its own: `asyncio.current_task()` is the one that carries it on once it waits, and
context variables that it sets stay its own.
"""

from __future__ import annotations

import asyncio
from asyncio import _enter_task, _leave_task  # how a task of one's own making is made known
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextvars import Context, copy_context
from functools import partial
from types import coroutine
from typing import Any, TypeVar

Returned = TypeVar("Returned")

WAITS: Any = object()
"""Instead of what a coroutine returns: it has not ended, and waits for something."""


class Carrier:
    """A task that carries on one coroutine which has come to wait. Until then it waits itself.

    It may be used once its task has begun, as it has after `asyncio.sleep(0)`.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._handed = self._loop.create_future()
        self.is_taken: Callable[[], int] = self._handed.done
        """Whether it can be given no coroutine any more: 0 where it can."""
        self._rest: tuple[Coroutine[Any, Any, Any], Any, Context] | None = None
        self._stays = False
        self.finish: Callable[[Awaitable[Any]], Coroutine[Any, Any, object]]
        """Awaits the rest of the coroutine; to be set when it waits."""
        self.task: asyncio.Task[None] = self._loop.create_task(self._carry_on())

    def first_part(
        self, work: Coroutine[Any, Any, Returned], caller: asyncio.Task[Any]
    ) -> Returned:
        """Run a coroutine until it ends or waits. `WAITS`: it waits, and this task carries it on.

        `caller` is the task that is running now.
        """
        context, loop, task = copy_context(), self._loop, self.task
        _leave_task(loop, caller)
        _enter_task(loop, task)
        try:
            waits_for = context.run(work.send, None)
        except StopIteration as ended:
            returned: Returned = ended.value
            return returned
        finally:
            _leave_task(loop, task)
            _enter_task(loop, caller)
        self._rest = work, waits_for, context
        if not self._handed.done():
            self._handed.set_result(None)
        waits: Returned = WAITS
        return waits

    def release(self) -> None:
        """Let the task end in the loop's next turn, if it carries nothing on."""
        self._stays = False
        if not self._handed.done():
            self._handed.set_result(None)
        self.is_taken = self._handed.done

    def stays(self) -> bool:
        """Use a released one again, in the turn of its release and in the same loop; whether that may be.

        To make another one takes a task and a turn of the loop: as long as two short steps.
        """
        if self.task.done() or self.task.cancelling() or self._rest is not None:
            return False
        self._stays = True
        self.is_taken = self.task.cancelling
        return True

    async def _carry_on(self) -> None:
        told: BaseException | None = None
        try:
            await self._handed
            while self._stays and self._rest is None:
                self._stays = False
                self._handed = self._loop.create_future()
                self.is_taken = self._handed.done
                await self._handed
        except asyncio.CancelledError as error:
            if self._rest is None:
                raise
            told = error
        if self._rest is None:
            return
        work, waits_for, context = self._rest
        await self.finish(rest_of(work, waits_for, context.run, told))


def _at_once(part: Callable[[], Any]) -> Any:
    return part()


@coroutine
def rest_of(
    work: Coroutine[Any, Any, Returned],
    waits_for: Any,
    run: Callable[..., Any] = _at_once,
    told: BaseException | None = None,
) -> Generator[Any, Any, Returned]:
    """Await the rest of a coroutine that was begun by hand, and waits for `waits_for`.

    `run` calls each part of it. `told` is its cancellation, if that has been asked for since.
    """
    if told is not None and waits_for is not None and waits_for.cancel() and not waits_for.done():
        told = None  # it comes to the coroutine from what it waits for
    while True:
        if told is None:
            try:
                yield waits_for
            except BaseException as error:  # noqa: BLE001 - it is the coroutine's own to handle
                told = error
        part = partial(work.send, None) if told is None else partial(work.throw, told)
        told = None
        try:
            waits_for = run(part)
        except StopIteration as ended:
            returned: Returned = ended.value
            return returned
