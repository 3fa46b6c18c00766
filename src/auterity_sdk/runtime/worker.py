"""A worker: carries on whatever is due in a store, beside any number of others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress

from auterity_sdk.errors import AuterityError, RunHeld
from auterity_sdk.runtime.driver import Driver, Watcher
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.others import POLL
from auterity_sdk.runtime.parts import Part, needed
from auterity_sdk.runtime.triggers.firing import Firer

MOST = 100
"""So many runs are carried on at once; the others wait in the store."""

_PARTS = 4
"""While runs are left in the store, one part of so many of the room has to be free until they are looked for at once."""

_RETRY = 30_000
"""A run that cannot be carried on here is tried again after so many milliseconds."""

_TIDY = 60_000
"""Outside events whose lifetime is over are forgotten every so many milliseconds."""

Isolate = Callable[[str], Awaitable[None]]
"""Carries a run on in a process of its own, which may die of it."""

Problem = Callable[[str, AuterityError], None]
"""Told of a run that cannot be carried on here, and why."""


class Worker:
    """Takes up runs that are due, drives them, and gives them back when only waits are left.

    Due are runs that were begun or asked for something and that nobody drives, runs whose process died, and timers.
    With a `firer`, the triggers of workflows start runs.
    Any number of workers may share a store: a run has one driver at a time.
    """

    def __init__(
        self,
        runtime: LocalRuntime,
        *,
        most: int = MOST,
        watcher: Watcher | None = None,
        isolate: Isolate | None = None,
        problem: Problem | None = None,
        firer: Firer | None = None,
        queues: Collection[str] | None = None,
        own: Mapping[str, str] | None = None,
        only_own: bool = False,
    ) -> None:
        """Without `isolate` a run whose attempts end their process is carried on here all the same; without `firer` no
        trigger fires.

        With `queues`, attempts of steps of these alone are made here; all else is left to other workers. `own` are the
        step types that a project declared whose code is here, each with the digest of its declaration; with `only_own`,
        attempts of these alone are made.
        """
        self._runtime = runtime
        self._most = most
        self._watcher = watcher
        self._isolate = isolate
        self._problem = problem
        self._firer = firer
        named = None if queues is None else tuple(queues)
        self._part = Part(runtime.world.registry, named, own or {}, only_own)
        self._look_at = 0
        self._left_some = False
        self._tidy_at = 0
        self._fire_at = 0
        self._not_before: dict[str, int] = {}
        self._apart: dict[str, asyncio.Task[None]] = {}

    async def work(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set. What runs then is left to whoever takes it up next."""
        with self._runtime.driver(self._watcher, part=self._part) as driver:
            stopping = asyncio.create_task(_wake_at(stop, driver))
            try:
                while not stop.is_set():
                    await self._turn(driver)
            finally:
                stopping.cancel()
                for task in self._apart.values():
                    task.cancel()
                await asyncio.gather(stopping, *self._apart.values(), return_exceptions=True)
                await driver.close()

    async def work_off(self) -> None:
        """Work until nothing is left to do but to wait."""
        with self._runtime.driver(self._watcher, part=self._part) as driver:
            try:
                while await self._turn(driver, stay=False):
                    pass
            finally:
                await driver.close()

    async def work_on(self, run_id: str) -> None:
        """Carry one run on, until only waits are left. Raises `RunHeld` where another living process does."""
        with self._runtime.driver(self._watcher, part=self._part) as driver:
            await driver.drive(run_id)

    async def _turn(self, driver: Driver, *, stay: bool = True) -> bool:
        now = self._runtime.clock.now()
        looks = _is_over(self._look_at, now, POLL) or not stay or driver.passed_on()
        looks = looks or self._takes_more(driver)
        fired = (_is_over(self._fire_at, now, POLL) or not stay) and await self._fire(now)
        looks = looks and len(driver.driven) < self._most
        if looks:
            await self._take_up(driver, now)
        if await driver.turn():
            if len(driver.driven) >= self._most:
                await driver.let_go()
            return True
        if not driver.driven and not stay and looks and not self._apart and not fired:
            return False
        await driver.let_go()
        if (driver.driven or stay) and not self._takes_more(driver):
            await driver.pause(self._look_at)
        return True

    def _takes_more(self, driver: Driver) -> bool:
        """Whether runs wait for room, and there is enough of it: a look costs more than a short run."""
        return self._left_some and (self._most - len(driver.driven)) * _PARTS >= self._most

    async def _fire(self, now: int) -> bool:
        """Let triggers start runs, also where there is no room to carry on one more."""
        self._fire_at = now + POLL
        return self._firer is not None and await self._firer.fire(now)

    async def _take_up(self, driver: Driver, now: int) -> None:
        store = self._runtime.store
        if _is_over(self._tidy_at, now, _TIDY):
            self._tidy_at = now + _TIDY
            await store.expire(now)
        room = free = self._most - len(driver.driven)
        most = room + len(self._not_before) + len(self._apart)
        found = [] if self._part.only_own else await store.due(now, most, self._part.queues)
        for run_id in (*found, *await self._that_lack_own()):
            if room and self._may_take_up(run_id, driver, now):
                room -= await self._took_up(run_id, driver, now)
        self._left_some = len(found) >= most and room < free
        following = await store.next_due(now)
        self._look_at = min(now + POLL, now + POLL if following is None else following)

    async def _that_lack_own(self) -> list[str]:
        """The runs that wait for a worker with a step type that is here."""
        found: dict[str, None] = {}
        for name, digest in self._part.own.items():
            if self._part.carries_out(name) and name in self._runtime.world.registry.declared:
                found |= dict.fromkeys(
                    await self._runtime.store.listening(needed(name, digest), [""])
                )
        return list(found)

    def _may_take_up(self, run_id: str, driver: Driver, now: int) -> bool:
        return (
            not driver.drives(run_id)
            and run_id not in self._apart
            and _is_over(self._not_before.get(run_id, 0), now, _RETRY)
        )

    async def _took_up(self, run_id: str, driver: Driver, now: int) -> bool:
        self._not_before.pop(run_id, None)
        try:
            if self._isolate is None:
                await driver.take_up(run_id)
            elif not await driver.take_up_carefully(run_id):
                self._apart[run_id] = asyncio.create_task(self._carry_on_apart(run_id))
                return False
        except RunHeld:
            return False
        except AuterityError as error:
            self._not_before[run_id] = now + _RETRY
            if self._problem is not None:
                self._problem(run_id, error)
            return False
        return True

    async def _carry_on_apart(self, run_id: str) -> None:
        try:
            if self._isolate is not None:
                await self._isolate(run_id)
        finally:
            del self._apart[run_id]


def _is_over(until: int, now: int, longest: int) -> bool:
    """Whether a wait that is never longer than that is over, also by a clock that was set back meanwhile."""
    return not now < until <= now + longest


async def _wake_at(stop: asyncio.Event, driver: Driver) -> None:
    with suppress(asyncio.CancelledError):
        await stop.wait()
        driver.wake()
