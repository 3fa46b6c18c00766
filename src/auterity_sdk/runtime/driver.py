"""Drives runs and their child runs: attempts as tasks, timers, and what comes from outside meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct, field

from auterity_sdk.errors import LeaseLost, StoreError
from auterity_sdk.runs import commands as c
from auterity_sdk.runs.events import Event
from auterity_sdk.runs.orders import RunAttempt
from auterity_sdk.runs.state import RunState
from auterity_sdk.runtime.alarms import PATIENCE, Alarms
from auterity_sdk.runtime.alone import Alone
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.carrying import AttemptCarrier
from auterity_sdk.runtime.dispatch import Dispatcher
from auterity_sdk.runtime.driven_runs import DrivenRuns
from auterity_sdk.runtime.eager import Carrier
from auterity_sdk.runtime.lease_holder import LeaseHolder
from auterity_sdk.runtime.leaving import Ran, last_words
from auterity_sdk.runtime.live import Live
from auterity_sdk.runtime.live_text import TextWatcher
from auterity_sdk.runtime.others import POLL, Others
from auterity_sdk.runtime.parts import Part
from auterity_sdk.runtime.plans import Plans
from auterity_sdk.runtime.ports import Clock, Store
from auterity_sdk.runtime.row import Row
from auterity_sdk.runtime.running import Running
from auterity_sdk.runtime.turns import Peer

Watcher = Callable[[str, Event, RunState], None]
"""Told of each event, with the run's id and the state after its transition."""


_UNDISTURBED = 2
"""Attempts that never wait may follow one another for so many milliseconds before it is looked what else there is: a turn of the
loop takes as long as two short steps."""


class Driver(Struct, eq=False, dict=True):
    """Carries runs on in this process, and the runs that they call. `peers` are the other drivers of the process.

    What is not of its `part` it leaves to who drives a run next. Its `holder` holds their leases.
    `text_watcher` is told what steps write; with `keeps_text` other processes can read along too. With a `carrier` it
    makes no attempts: others carry them out.
    """

    store: Store
    clock: Clock
    world: World
    plans: Plans
    part: Part
    holder: LeaseHolder
    watcher: Watcher | None = None
    peers: Sequence[Peer] = ()
    pausing: bool = False
    """Attempts outlive being stopped here, as in rehearsals: nothing of them is in doubt by that."""
    text_watcher: TextWatcher | None = None
    keeps_text: bool = False
    without_task: dict[str, bool] = field(default_factory=dict)
    """See `Running.without_task`."""
    carrier: AttemptCarrier | None = None
    alone: Alone = field(default_factory=Alone)
    """Shared by the drivers of a process: what one does to its runs, and what is submitted to it, never mix."""
    loop: asyncio.AbstractEventLoop | None = None
    """The only one in which it may be used again, if any."""
    _lives: dict[str, Live] = field(default_factory=dict)
    _done: list[tuple[Live, c.Command]] = field(default_factory=list)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _looked_up: int = 0

    def __post_init__(self) -> None:
        self._running = Running(
            self.world,
            self.clock,
            self._report,
            self.store,
            self.text_watcher,
            self.keeps_text,
            self.without_task,
        )
        self._alarms = Alarms(self._lives, self.clock, self._report)
        self._dispatcher = Dispatcher(
            self.store,
            self.clock,
            self.plans,
            self.part,
            self._lives,
            self._running,
            self.peers,
            self.carrier,
            self.take_up,
            self._report,
            self._tell,
        )
        self._runs = DrivenRuns(
            self.store,
            self.clock,
            self.plans,
            self.part,
            self.holder,
            self._lives,
            self._dispatcher,
            self.carrier,
        )

    @cached_property
    def _others(self) -> Others:
        """Made when it is needed: where the store is shared."""
        place = self.store, self.clock, self.holder, self._lives
        return Others(*place, self._dispatcher, self._runs.drop)

    async def drive(
        self, run: str | Live, *, to_the_end: bool = False, started: Live | None = None
    ) -> RunState:
        """Carry a run on until it has ended, or until only waits are left (unless `to_the_end`).

        `run` is its id, or the run itself where it was begun just now under a lease of this driver, and nobody can have
        changed it; `started` is the run as it was started in this process a while ago: it is not folded again.

        Raises `RunHeld` where another living process carries it on.
        """
        try:
            async with self.alone as task:
                live = await self._runs.take_up(run, started)
                self._looked_up = self.clock.now()
                goes_on = live.state.over or await self._turn(task)
            while not live.state.over:
                if not goes_on:
                    if not to_the_end and not self._running.attempts and not self._soon():
                        break
                    await self.pause()
                if self._lives.get(live.run_id) is not live:
                    raise LeaseLost(f"another process has taken over the run {live.run_id}")
                goes_on = await self.turn()
            return live.state
        finally:
            await self.close()

    async def turn(self) -> bool:
        """Record what has come; false where there was nothing."""
        async with self.alone as task:
            return await self._turn(task)

    async def _turn(self, task: asyncio.Task[Any] | None) -> bool:
        began = await self._running.begin(self._in_a_row, task)
        if not began and not self._done:
            return self._alarms.ring()
        now = self.clock.now()
        if not 0 <= now - self._looked_up < _UNDISTURBED:  # a clock may jump back
            await self._look_up(now)
        if self._done:
            await self._record()
        return True

    async def _in_a_row(
        self, live: Live, order: RunAttempt, carrier: Carrier, caller: asyncio.Task[Any]
    ) -> None:
        has = self.part.carries_out if self.part.may_lack_some else None
        until = self._looked_up + _UNDISTURBED
        row = Row(live, self._running, self._done, until, self.watcher and self._tell, has)
        left = await row.go(order, carrier, caller)
        if left is not None:
            await self._dispatcher.follow_up(live, *left)

    async def _look_up(self, now: int) -> None:
        """See what else there is."""
        self._looked_up = now
        self._alarms.ring()
        await asyncio.sleep(0)
        if self.store.shared:
            await self._others.look_now_and_then()

    async def submit(self, run_id: str, command: c.Command) -> bool | None:
        """Apply a command of somebody else in this process to a run that is being driven; whether it counted.

        None where the run was given back or lost meanwhile: then nothing was done.
        """
        async with self.alone:
            live = self._lives.get(run_id)
            if live is None:
                return None
            before = live.state.seq
            try:
                events, orders = await live.apply([command], self._running.attempts)
            except LeaseLost:
                await self._runs.lose(live, before)
                return None
            await self._dispatcher.follow_up(live, events, orders)
            self._wake.set()
            return bool(events)

    def drives(self, run_id: str) -> bool:
        """Whether this driver has the run."""
        return run_id in self._lives

    @property
    def driven(self) -> tuple[str, ...]:
        """The runs that this driver has."""
        return tuple(self._lives)

    @property
    def is_as_new(self) -> bool:
        """It has driven nothing of which anything is left, and may be used once more."""
        if self._lives or self._done or self._running.attempts or self.text_watcher is not None:
            return False
        return "_others" not in self.__dict__ and self._dispatcher.is_as_new

    @property
    def is_busy(self) -> bool:
        """An attempt runs."""
        return bool(self._running.attempts)

    def wake(self) -> None:
        """End a pause."""
        self._wake.set()

    def look_for_runs(self) -> None:
        """Let the worker of this driver look at once for what is due: something of it was just begun in this process."""
        self._dispatcher.turns.passed_on = True
        self._wake.set()

    def passed_on(self) -> bool:
        """Whether something was released or begun since this was asked last, for which other runs may wait."""
        found, self._dispatcher.turns.passed_on = self._dispatcher.turns.passed_on, False
        return found

    async def let_go(self) -> None:
        """Give back the runs for which nothing happens here, so that they hold no memory while they wait."""
        async with self.alone:
            for run_id, live in tuple(self._lives.items()):
                stays = self.part.is_whole and not live.state.over and self._alarms.is_soon(live)
                stays = stays and self.carrier is None
                if not stays and run_id not in self._busy():
                    await self._runs.give_back(live)

    def _busy(self) -> set[str]:
        return {run_id for run_id, _ in self._running.attempts} | {
            live.run_id for live, _ in self._done
        }

    async def take_up(self, run_id: str) -> Live:
        """Drive a run from now on. Raises `RunHeld` where another living process carries it on."""
        async with self.alone:
            return await self._runs.take_up(run_id)

    async def take_up_carefully(self, run_id: str) -> bool:
        """Drive a run from now on, but not one whose attempts seem to end the processes that run them.

        Gives whether it is driven. Raises as `take_up`.
        """
        async with self.alone:
            return await self._runs.take_up_carefully(run_id)

    def _report(self, live: Live, command: c.Command) -> None:
        self._done.append((live, command))
        self._wake.set()

    async def _record(self) -> None:
        """Append what attempts, timers and children have brought: all of one run at once."""
        done = [*self._done]
        self._done.clear()
        if len(done) == 1:
            live, command = done[0]
            await self._apply(live, (command,))
            return
        by_run: dict[Live, list[c.Command]] = {}
        for live, command in done:
            by_run.setdefault(live, []).append(command)
        for live, commands in by_run.items():
            await self._apply(live, commands)

    async def _apply(self, live: Live, commands: Sequence[c.Command]) -> None:
        if self._lives.get(live.run_id) is not live:
            return
        before = live.state.seq
        try:
            events, orders = await live.apply(commands, self._running.attempts)
        except LeaseLost:
            await self._runs.lose(live, before)
            return
        await self._dispatcher.follow_up(live, events, orders)

    def _tell(self, live: Live, events: Iterable[Event]) -> None:
        if self.watcher is not None:
            for event in events:
                self.watcher(live.run_id, event, live.state)

    def _soon(self) -> bool:
        """Whether a pause between attempts or rounds, or a short `wait`, is soon over, or a lock or a queue may be free."""
        at = self._dispatcher.turns.next_at()
        if at is not None and at <= self.clock.now() + PATIENCE:
            return True
        return (
            any(map(self._alarms.is_soon, self._lives.values()))
            or self._dispatcher.turns.are_held_here()
        )

    async def pause(self, until: int | None = None) -> None:
        """Wait for the next thing to happen, until that time at most."""
        times = (until, self._dispatcher.turns.next_at(), self._alarms.next_at())
        until = min((time for time in times if time is not None), default=None)
        if self.store.shared:
            poll = self.clock.now() + POLL
            until = poll if until is None else min(until, poll)
        if not self._done:
            changed = self._others.wrote if self.store.shared else None
            idle = not self._running.attempts
            await self.clock.pause(until, self._wake, idle=idle, changed=changed)
        # Only here: what came while a turn waited for the store ends the next pause at once.
        self._wake.clear()
        async with self.alone:
            if self.store.shared:
                await self._others.look()
            else:
                await self._dispatcher.turns.look_at_all()

    async def close(self) -> None:
        """Stop what still runs here; another drive finds it outstanding, or in doubt."""
        try:
            if self._done or self.alone.is_taken or self._running.attempts:
                await self._stop()
        except (LeaseLost, StoreError):
            return  # the leases stay, by which the next driver knows that attempts were lost
        finally:
            self._running.rest()
        await self.holder.give_back()
        self._lives.clear()  # which are held in a circle

    async def _stop(self) -> None:
        """Stop the attempts; record what is left to be said of them, once nobody else does something to a run."""
        before, self._done = self._done, []
        ran = await self._running.stop_all()
        async with self.alone:
            if not self.pausing and (before or self._done or ran):
                await self._say(before, ran)

    async def _say(self, before: Sequence[tuple[Live, c.Command]], ran: Ran) -> None:
        now = self.clock.now()
        for live, said in last_words(self._lives, before, self._done, ran, now).items():
            events, _ = await live.apply(said)
            self._tell(live, events)
