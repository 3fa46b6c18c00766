"""Carries out attempts that others have begun: claims one, makes it, appends what it brought, and hands on what follows."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from auterity_sdk.errors import LeaseLost, RunNotFound, StoreError, VersionConflict
from auterity_sdk.runs.commands import AttemptStopped, Command, DriverDied
from auterity_sdk.runs.orders import Order, RunAttempt, StopAttempt, order_of
from auterity_sdk.runtime.carried import Taker
from auterity_sdk.runtime.carrying import (
    HEARTBEAT,
    LEASE,
    UNCLAIMED,
    AttemptCarrier,
    AttemptLease,
    Begun,
)
from auterity_sdk.runtime.driven_runs import SUSPECT
from auterity_sdk.runtime.live import Live, open_run
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.owner import this_owner
from auterity_sdk.runtime.parts import Part
from auterity_sdk.runtime.running import Running

_LOG = logging.getLogger("auterity.worker")

MOST_RUNS = 256
"""So many runs that were touched last are kept folded, so that a step costs what was appended since."""

IN_A_ROW = 100
"""So many attempts of a run are made one behind the other by who claimed the first; then others may take their turn."""

LOOK = 0.25
"""Seconds after which a worker looks whether an attempt that it carries out was told to stop."""

_MOST_SWEPT = 1000
_LAST_WORDS = 5.0
_PATIENCE = 60.0
"""Seconds for which a result is kept while the store cannot be reached."""


Apart = Callable[[AttemptLease], Coroutine[Any, Any, bool]]
"""Lets a process of its own make an attempt and append what it brings; false where it never began."""


class Pace(Struct, frozen=True):
    """How long things may take, in milliseconds: see `LEASE`, `HEARTBEAT` and `UNCLAIMED`."""

    lease: int = LEASE
    heartbeat: int = HEARTBEAT
    unclaimed: int = UNCLAIMED


class _Kept(Struct, eq=False):
    """A run, and who changes it here: one at a time."""

    live: Live | None = None
    alone: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class _Carried(Struct, eq=False):
    lease: AttemptLease
    task: asyncio.Task[Any]
    stoppable: bool


class AttemptWorker:
    """Carries out the attempts of the runs of one runtime, side by side.

    It holds no lease on a run: what it appends names the length of the journal and the fence of the attempt. Word comes
    by `carry_out`; `watch` has to run meanwhile, and somebody has to `sweep` now and then.
    """

    def __init__(
        self,
        runtime: LocalRuntime,
        carrier: AttemptCarrier,
        pace: Pace | None = None,
        in_a_row: int = IN_A_ROW,
        part: Part | None = None,
        apart: Apart | None = None,
    ) -> None:
        """`part` tells of which step types the code is here. An attempt in which `SUSPECT` processes died is made `apart`."""
        self._runtime = runtime
        self._store = runtime.store
        self._clock = runtime.clock
        self._carrier = carrier
        self._pace = pace or Pace()
        self._in_a_row_at_most = in_a_row
        self._part = part or Part(runtime.world.registry)
        self._apart = apart
        self.owner = this_owner()
        self._running = Running(
            runtime.world,
            runtime.clock,
            _nobody,
            runtime.store,
            keeps_text=runtime.keeps_text,
        )
        self._runs: OrderedDict[str, _Kept] = OrderedDict()
        self._carried: dict[tuple[str, str], _Carried] = {}
        self._held: set[AttemptLease] = set()
        self._let_go = asyncio.Event()
        self._draining = False

    @property
    def busy(self) -> int:
        """How many attempts it has."""
        return len(self._held)

    async def carry_out(self, run_id: str, step: str, attempt: int) -> None:
        """Carry out an attempt, unless somebody has it already, or it is not to be made any more.

        Where others of the run begin by its end, this goes on with the first of them.
        """
        if self._draining:
            return  # somebody else is told of it soon
        until = self._clock.now() + self._pace.lease
        claimed = await self._store.claim_attempt(run_id, step, attempt, self.owner, until)
        if claimed is None:
            return
        kept = self._kept(run_id)
        kept.users += 1
        try:
            await self._in_a_row(kept, claimed.lease, claimed.seq)
        except LeaseLost:
            _LOG.warning("an attempt of the run %s came too late: somebody else has it", run_id)
        finally:
            kept.users -= 1
            self._forget_some()

    async def make(self, lease: AttemptLease) -> None:
        """Carry out an attempt that another process has claimed, and keeps meanwhile. Raises `LeaseLost`."""
        self.owner = lease.owner
        await self._carry_out(self._kept(lease.run_id), lease, 0, goes_on=False)

    async def _in_a_row(self, kept: _Kept, first: AttemptLease, seq: int) -> None:
        lease: AttemptLease | None = first
        for number in range(self._in_a_row_at_most):
            if lease is None:
                return
            goes_on = number + 1 < self._in_a_row_at_most
            self._held.add(lease)
            try:
                following = await self._carry_out(kept, lease, seq, goes_on=goes_on)
            finally:
                self._held.discard(lease)
                self._let_go.set()
            lease = following

    async def _carry_out(
        self, kept: _Kept, lease: AttemptLease, seq: int, *, goes_on: bool
    ) -> AttemptLease | None:
        """Carry out an attempt that was claimed; gives the one to go on with."""
        async with kept.alone:
            live = await self._opened(kept, lease.run_id, seq)
            order = _order(live, lease)
        if isinstance(order, RunAttempt):
            if not self._has(order.work.uses):
                await self._store.give_back_attempt(lease, self._clock.now())
                return None
            if self._apart is not None and live.state.active[lease.step].lost >= SUSPECT:
                await self._carry_out_apart(kept, lease, self._apart)
                return None
            command = await self._made(live, order, lease)
        elif order is not None:
            command = AttemptStopped(self._clock.now(), lease.step, lease.attempt)
        else:
            await self._store.drop_attempt(lease)
            return None
        return await self._append(kept, lease, command, goes_on=goes_on)

    async def _carry_out_apart(self, kept: _Kept, lease: AttemptLease, apart: Apart) -> None:
        """Let a process of its own carry out an attempt in which processes died, so that none dies of it that has others."""
        task = asyncio.create_task(apart(lease))
        await self._ended(lease, task, stoppable=True)
        kept.live = None  # what is said now has to be of the run as it is
        now = self._clock.now()
        if task.cancelled():
            lost = AttemptStopped(now, lease.step, lease.attempt, lost=True)
            command: Command = DriverDied(now, frozenset({lease.step})) if self._draining else lost
            await self._append(kept, lease, command, goes_on=False)
            return
        if not task.result():
            await self._store.give_back_attempt(lease, now)
            return
        lines = await self._store.attempts(run_id=lease.run_id)
        if any(_is_of(lease, each) for each in lines):
            died = DriverDied(now, frozenset({lease.step}))
            await self._append(kept, lease, died, goes_on=False)
            return
        # What that process has begun it may have had no time to tell.
        begun = [
            Begun(each.step, each.attempt, each.queue, now) for each in lines if not each.owner
        ]
        self._carrier.send(lease.run_id, begun)

    def _has(self, uses: str) -> bool:
        known = self._runtime.world.registry.step_type(uses) is not None
        return known and self._part.carries_out(uses)

    async def _made(self, live: Live, order: RunAttempt, lease: AttemptLease) -> Command:
        """What the attempt brought; that it stopped, or was lost, where it was told to end."""
        task: asyncio.Task[Command] = asyncio.create_task(self._running.work(live, order))
        await self._ended(lease, task, stoppable=self._running.is_async(order.work.uses))
        if not task.cancelled():
            return task.result()
        now = self._clock.now()
        if self._draining:
            return DriverDied(now, frozenset({lease.step}))
        return AttemptStopped(now, lease.step, lease.attempt)

    async def _ended(
        self, lease: AttemptLease, task: asyncio.Task[Any], *, stoppable: bool
    ) -> None:
        """Wait for what carries an attempt out; meanwhile it can be told to end."""
        key = lease.run_id, lease.step
        self._carried[key] = _Carried(lease, task, stoppable)
        try:
            await asyncio.wait({task})
        finally:
            task.cancel()
            if self._carried[key].task is task:
                del self._carried[key]

    async def _append(
        self, kept: _Kept, lease: AttemptLease, command: Command, *, goes_on: bool
    ) -> AttemptLease | None:
        """Append what an attempt brought, once the store can be reached. Raises `LeaseLost`."""
        loop = asyncio.get_running_loop()
        ends, pause = loop.time() + _PATIENCE, 0.05
        while True:
            try:
                return await self._apply(kept, lease, command, goes_on=goes_on)
            except (LeaseLost, RunNotFound):
                kept.live = None
                raise
            except (StoreError, VersionConflict):
                kept.live = None
                if loop.time() > ends:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, 1.0)

    async def _apply(
        self, kept: _Kept, lease: AttemptLease, command: Command, *, goes_on: bool = False
    ) -> AttemptLease | None:
        taker = None
        if goes_on and not self._draining:
            taker = Taker(self.owner, self._clock.now() + self._pace.lease, self._has)
        async with kept.alone:
            live = await self._opened(kept, lease.run_id)
            events, _ = await live.apply([command], of=lease, taker=taker)
            begun, live.begun = live.begun, ()
            length = live.state.seq
            if live.state.over:
                kept.live = None
            self._runtime.observe(live, events)
        if not events:
            await self._store.drop_attempt(lease)
        own = [each for each in begun if each.owner]
        others = [each for each in begun if not each.owner]
        if others:
            self._carrier.send(lease.run_id, others)
        return _taken(lease.run_id, own[0], length) if own else None

    async def _opened(self, kept: _Kept, run_id: str, seq: int | None = None) -> Live:
        """The run, as its journal is; up to `seq` events at least."""
        live = kept.live
        if live is None:
            kept.live = live = await open_run(
                run_id, self._store, self._runtime.plans, carrier=self._carrier
            )
        elif seq is not None and live.state.seq < seq:
            try:
                await live.catch_up()
            except VersionConflict:  # it has gone over to another version
                kept.live = None
                return await self._opened(kept, run_id)
        return live

    def _kept(self, run_id: str) -> _Kept:
        kept = self._runs.get(run_id)
        if kept is None:
            kept = self._runs[run_id] = _Kept()
        self._runs.move_to_end(run_id)
        return kept

    def _forget_some(self) -> None:
        while len(self._runs) > MOST_RUNS:
            oldest = next((key for key, each in self._runs.items() if not each.users), None)
            if oldest is None:
                return
            del self._runs[oldest]

    async def watch(self, stop: asyncio.Event) -> None:
        """Keep what is carried out here, and end what is told to stop, until `stop` is set."""
        kept_at = self._clock.now()
        while not stop.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await stop.wait()
            try:
                now = self._clock.now()
                if not self._held or now - kept_at >= self._pace.heartbeat:
                    kept_at = now
                    await self._keep(now)
                if self._carried:
                    await self._end_what_is_told_to()
            except StoreError as error:
                _LOG.warning("attempts cannot be looked after: %s", type(error).__name__)

    async def _keep(self, now: int) -> None:
        if self._held:
            await self._store.keep_attempts([*self._held], now + self._pace.lease)

    async def _end_what_is_told_to(self) -> None:
        here = list(self._carried.values())
        rows = await self._store.attempts(owner=self.owner)
        held = {(row.run_id, row.step, row.fence): row for row in rows}
        for each in here:
            lease = each.lease
            row = held.get((lease.run_id, lease.step, lease.fence))
            if each.stoppable and (row is None or row.stopping):
                each.task.cancel()

    async def sweep(self) -> None:
        """Send word again that was lost, and tell the runs whose attempts were lost with their processes."""
        now = self._clock.now()
        before = now - self._pace.unclaimed
        for queue, count in (await self._store.unclaimed(before)).items():
            missing = count - await self._carrier.backlog(queue)
            if missing > 0:
                most = min(missing, _MOST_SWEPT)
                for row in await self._store.send_again(queue, before, now, most):
                    begun = Begun(row.step, row.attempt, row.queue, now)
                    self._carrier.send(row.run_id, [begun])
        # Who was held up so long itself still makes what it has: first it says so.
        await self._keep(self._clock.now())
        for lease in await self._store.overdue(now, _MOST_SWEPT):
            with suppress(LeaseLost, VersionConflict, RunNotFound):  # another one was first
                await self._give_up(replace(lease, silent=True))

    async def _give_up(self, lease: AttemptLease) -> None:
        """Who had the attempt is gone, unless it has kept it meanwhile."""
        kept = self._kept(lease.run_id)
        kept.users += 1
        try:
            async with kept.alone:
                kept.live = None
                order = _order(await self._opened(kept, lease.run_id), lease)
            now = self._clock.now()
            if isinstance(order, RunAttempt):
                await self._apply(kept, lease, DriverDied(now, frozenset({lease.step})))
            elif order is not None:
                stopped = AttemptStopped(now, lease.step, lease.attempt, lost=True)
                await self._apply(kept, lease, stopped)
            else:
                await self._store.drop_attempt(lease)
        finally:
            kept.users -= 1
            self._forget_some()

    async def drain(self, seconds: float) -> None:
        """Claim nothing more, let what runs end for so long, and give up the rest."""
        self._draining = True
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds
        await self._come_to_rest(ends)
        for each in list(self._carried.values()):
            each.task.cancel()
        await self._come_to_rest(loop.time() + _LAST_WORDS)

    async def _come_to_rest(self, ends: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(ends):
                while self._held:
                    self._let_go.clear()
                    await self._let_go.wait()


def _is_of(lease: AttemptLease, line: AttemptLease) -> bool:
    """Whether a line is still that of this holder."""
    return (line.step, line.fence, line.owner) == (lease.step, lease.fence, lease.owner)


def _taken(run_id: str, begun: Begun, length: int) -> AttemptLease:
    """The lease of an attempt that was claimed by the append that began it, after which the journal has that length."""
    place = (run_id, begun.step, begun.attempt, begun.queue)
    return AttemptLease(*place, length, begun.owner, begun.until)


def _order(live: Live, lease: AttemptLease) -> Order | None:
    """What is to be done about an attempt now; None: nothing."""
    order = order_of(live.state, lease.step)
    of_attempt = isinstance(order, RunAttempt | StopAttempt) and order.attempt == lease.attempt
    return order if of_attempt else None


def _nobody(live: Live, command: Command) -> None:
    raise AssertionError(f"{live.run_id} awaits what brings {type(command).__name__}")
