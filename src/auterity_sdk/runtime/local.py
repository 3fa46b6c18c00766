"""Runs on this machine: the composition root of scripts, tests and the command line."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from auterity_sdk.checks.profile import Profile
from auterity_sdk.errors import AlreadyStarted, UsageError, VersionConflict
from auterity_sdk.runs import commands as c
from auterity_sdk.runs.events import Event
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.begun_runs import BegunRuns
from auterity_sdk.runtime.carrying import AttemptCarrier
from auterity_sdk.runtime.clock import SystemClock
from auterity_sdk.runtime.driver import Driver, Watcher
from auterity_sdk.runtime.drivers import Drivers
from auterity_sdk.runtime.listeners import listeners
from auterity_sdk.runtime.live import Live, open_run
from auterity_sdk.runtime.live_text import TextWatcher
from auterity_sdk.runtime.observing import all_of
from auterity_sdk.runtime.own_events import OwnEvents, WithEvents
from auterity_sdk.runtime.owner import this_owner
from auterity_sdk.runtime.parts import Part
from auterity_sdk.runtime.plans import Plans
from auterity_sdk.runtime.ports import Clock, Incoming, Store, Summary
from auterity_sdk.runtime.settling import attempt_in_doubt, fitted, run_of_step
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.view import RunView, view
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.scope import Scopes

LIFETIME = 30 * 24 * 3600 * 1000
"""An outside event is kept for so many milliseconds, unless somebody says otherwise."""

OVER = ("succeeded", "failed", "cancelled")
ACTIVE = ("running", "waiting", "uncertain", "failing", "cancelling")


@dataclass(eq=False)
class LocalRuntime:
    """Starts runs, carries them on, and answers for people and outside systems.

    The store may be shared with other processes. A run is driven only inside `drive`; what is asked of one
    that is not (or that another process drives) is recorded, and taken up by who drives it next.
    """

    world: World
    store: Store = field(default_factory=MemoryStore)
    clock: Clock = field(default_factory=SystemClock)
    observers: tuple[Watcher, ...] = ()
    """Told of each event that is recorded here, and of those of the runs that are carried on here, beside the watcher of
    a call."""
    pausing: bool = False
    """Attempts outlive the end of a `drive`, as in rehearsals, so that nothing of them is in doubt by that."""
    keeps_text: bool = False
    """What steps write is kept in the store while they write it, so that other processes can read along."""
    carrier: AttemptCarrier | None = None
    """Takes attempts to the processes that carry them out; without one they are made where their run is driven."""
    plans: Plans = field(init=False)
    _drivers: Drivers = field(init=False)
    _begun: BegunRuns = field(init=False)

    def __post_init__(self) -> None:
        dealer = self.world.dealership
        where = Profile.of(str(dealer.get("country") or "US"), str(dealer.get("region") or ""))
        own = OwnEvents(self._bring_in)
        self.world = replace(self.world, connections=WithEvents(self.world.connections, own))
        self.plans = Plans(self.world.registry, self.store, where)
        place = self.world, self.store, self.clock, self.plans
        self._drivers = Drivers(*place, self.pausing, self.keeps_text, self.carrier)
        self._begun = BegunRuns(*place, self.carrier, self.observe)

    async def start(
        self,
        workflow: Workflow,
        input: Mapping[str, Any],
        *,
        requester: str = "",
        scopes: Scopes | None = None,
        run_id: str | None = None,
        held: bool = False,
        fresh: bool = False,
    ) -> str:
        """Begin a run; gives its id. What can settle at once has, nothing else has begun.

        Where a run was started with the same `idempotency_key`, its id is given, and nothing begins.

        `scopes` are those of a check of this workflow: what was compiled for it is not compiled again. `held`: no
        worker takes it up before `drive` does here. `fresh`: no step takes an earlier result from its `cache`.
        Raises `RunRejected` where `concurrency` does, `UsageError` for an input that does not fit, `InvalidWorkflow` for what runs do not carry out.
        """
        owner = this_owner() if held else None
        try:
            live = await self._begun.begin(workflow, input, requester, owner, scopes, run_id, fresh)
        except AlreadyStarted as error:
            return error.run_id
        self._begun.keep(live, owner)
        if not (held or live.rests):
            self.look_for_runs()
        return live.run_id

    @contextmanager
    def driver(
        self,
        watcher: Watcher | None = None,
        owner: str | None = None,
        part: Part | None = None,
        text_watcher: TextWatcher | None = None,
    ) -> Iterator[Driver]:
        """A driver that what is asked of its runs reaches at once. It carries out its `part` of them, None all.

        `text_watcher` is told what steps write, while they do.
        """
        made = self._drivers.make(self._told(watcher), owner, part, text_watcher)
        try:
            yield made
        finally:
            self._drivers.take_back(made)

    async def drive(
        self,
        run_id: str,
        *,
        to_the_end: bool = False,
        watcher: Watcher | None = None,
        text_watcher: TextWatcher | None = None,
    ) -> RunView:
        """Carry a run on until it has ended, or only waits are left (unless `to_the_end`).

        `text_watcher` is told what steps write. Raises `RunNotFound`, and `RunHeld` where another living process
        carries it on.
        """
        owner, started = self._begun.hand_over(run_id)
        driver = self._drivers.lend(self._told(watcher), owner, text_watcher)
        try:
            return view(await driver.drive(run_id, to_the_end=to_the_end, started=started))
        finally:
            self._drivers.take_back(driver)

    async def run(
        self,
        workflow: Workflow,
        input: Mapping[str, Any],
        *,
        requester: str = "",
        to_the_end: bool = False,
        watcher: Watcher | None = None,
    ) -> RunView:
        """Start a run and drive it."""
        run: str | Live
        driver = self._drivers.lend(self._told(watcher))
        try:
            try:
                live = await self._begun.begin(workflow, input, requester, driver.holder.owner)
                # What others may change before it is this run's turn is folded anew.
                run = live.run_id if self.store.shared or self._drivers.alone.is_taken else live
            except AlreadyStarted as error:
                run = error.run_id
            return view(await driver.drive(run, to_the_end=to_the_end))
        finally:
            self._drivers.take_back(driver)

    def run_sync(self, workflow: Workflow, input: Mapping[str, Any], **options: Any) -> RunView:
        """`run` for a script without an event loop."""
        return asyncio.run(self.run(workflow, input, **options))

    async def cancel(self, run_id: str, *, by: str = "", after_step: bool = False) -> bool:
        """Ask for a run's cancellation; False if it was asked for before, or the run is over.

        At once, attempts are told to stop. With `after_step` those that run end first, and are recorded; no other
        begins. Asked for at once later, they are told to stop after all.
        """
        return await self._give(run_id, c.Cancel(self.clock.now(), by, after_step))

    async def approve(
        self,
        run_id: str,
        step: str,
        *,
        by: str,
        roles: Sequence[str],
        approved: bool = True,
        form: Mapping[str, Any] | None = None,
    ) -> None:
        """Answer an approval. Raises `UsageError` where the answer cannot be taken."""
        at = self.clock.now()
        command = c.ApprovalGiven(at, step, by, tuple(roles), approved, dict(form or {}))
        if not await self._give(run_id, command):
            raise UsageError(f"the run {run_id} is over")

    async def settle(
        self,
        run_id: str,
        step: str,
        outcome: str,
        *,
        output: Mapping[str, Any] | None = None,
        by: str = "",
        reason: str = "",
        attempt: int | None = None,
    ) -> None:
        """Say how an uncertain step ended: in an outcome of its type with that output, `failed`, or `retry`.

        With `retry` it is tried again: who says so knows that the effect did not happen. `step` may be one of a run
        that this one called: `handoff/pay`. `attempt` is the one that was looked at (from 1), else that which is in
        doubt now. Raises `UsageError` where the step or that attempt is not uncertain, or cannot end so.
        """
        live, path = await run_of_step(run_id, step, self.store, self.plans)
        number = attempt_in_doubt(live.state, path) if attempt is None else attempt
        said = c.Settle(self.clock.now(), path, outcome, None, by, reason, number)
        said = replace(said, output=fitted(live, said, output, self.world.registry))
        if not await self._give(live.run_id, said):
            raise UsageError(f"the run {live.run_id} is over")

    async def send(
        self,
        type: str,
        data: Mapping[str, Any],
        *,
        id: str | None = None,
        lifetime: int | None = LIFETIME,
    ) -> tuple[bool, str | None]:
        """Bring in an outside event: whether it is new, and the run whose `receive` took it.

        An event of an `id` that came before counts no second time. One that no run takes now is kept
        for a `receive` that begins within its `lifetime` (milliseconds; None is for good).
        """
        now = self.clock.now()
        until = None if lifetime is None else now + lifetime
        event = Incoming(id or uuid.uuid4().hex, type, data, now, until)
        if not await self.store.put(event) and not await self._is_left(event):
            return False, None
        return True, await self.deliver(event)

    async def _bring_in(self, type: str, data: Mapping[str, Any], key: str) -> None:
        await self.send(type, data, id=key)

    async def deliver(self, event: Incoming) -> str | None:
        """Give an outside event that is in the store to a run whose `receive` waits for it; None where none takes it.

        Raises `VersionConflict` where another process was first.
        """
        now = self.clock.now()
        command = c.OutsideEvent(now, event.id, event.type, event.data, event.came)
        for run_id in await listeners(command, self.store, self.plans):
            if await self._give(run_id, command):
                return run_id
        return None

    async def _is_left(self, event: Incoming) -> bool:
        """An event that is known, and that nobody has taken: who brought it in may have died on the way."""
        known = await self.store.waiting([event.type])
        return any(each.id == event.id and each.lives(event.came) for each in known)

    async def list_runs(self, *, statuses: Sequence[str] = (), limit: int = 1000) -> list[Summary]:
        """Runs, the last to start first."""
        return await self.store.runs(statuses=statuses, limit=limit)

    async def find(self, prefix: str) -> str:
        """The one run whose id begins so. Raises `UsageError` where there is none, or several."""
        found = await self.store.runs(prefix=prefix, limit=2)
        if len(found) == 1 or (found and found[0].run_id == prefix):
            return found[0].run_id
        said = f"several runs begin with {prefix}" if found else f"there is no run {prefix}"
        raise UsageError(said, help="`auterity runs list` shows all")

    async def show(self, run_id: str) -> RunView:
        """A run as it stands. Raises `RunNotFound`."""
        return view((await open_run(run_id, self.store, self.plans)).state)

    async def look_again(self, run_id: str) -> None:
        """Let a worker take up a run that waits: what it waits for may be there by now."""
        with suppress(VersionConflict):  # whoever changed it meanwhile has looked
            live = await open_run(run_id, self.store, self.plans)
            live.known = await self.store.run(run_id)
            if not live.state.over:
                await live.make_due(self.clock.now())
        self.look_for_runs()

    async def outermost(self, run_id: str) -> str:
        """The run that called it, or called the run that did; itself if none."""
        summary = await self.store.run(run_id)
        while summary is not None and summary.parent_run:
            run_id = summary.parent_run
            summary = await self.store.run(run_id)
        return run_id

    def observe(self, live: Live, events: Iterable[Event]) -> None:
        """Tell of what was recorded here for a run that nobody drives in this process."""
        for observer in self.observers:
            for event in events:
                observer(live.run_id, event, live.state)

    def _told(self, watcher: Watcher | None) -> Watcher | None:
        if not self.observers:
            return watcher
        own = () if watcher is None else (watcher,)
        return all_of((*own, *self.observers))

    async def _give(self, run_id: str, command: c.Command) -> bool:
        counted = await self._drivers.submit(run_id, command)
        if counted is not None:
            return counted
        live = await open_run(run_id, self.store, self.plans)
        events, _ = await live.apply([command])
        self.observe(live, events)
        self.look_for_runs()
        return bool(events)

    def look_for_runs(self) -> None:
        """Let the workers of this process look at once for what is due: somebody has written that it is."""
        self._drivers.look_for_runs()
