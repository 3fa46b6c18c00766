"""The drivers of a runtime in this process: made, lent for one run, and used again."""

from __future__ import annotations

import asyncio

from msgspec import Struct, field

from auterity_sdk.runs.commands import Command
from auterity_sdk.runtime.alone import Alone
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.carrying import AttemptCarrier
from auterity_sdk.runtime.driver import Driver, Watcher
from auterity_sdk.runtime.lease_holder import LeaseHolder
from auterity_sdk.runtime.live_text import TextWatcher
from auterity_sdk.runtime.owner import this_owner
from auterity_sdk.runtime.parts import Part
from auterity_sdk.runtime.plans import Plans
from auterity_sdk.runtime.ports import Clock, Store


class Drivers(Struct, eq=False):
    """Makes drivers, and knows those in use: what is asked of a run goes to the one that has it."""

    world: World
    store: Store
    clock: Clock
    plans: Plans
    pausing: bool
    keeps_text: bool
    carrier: AttemptCarrier | None
    alone: Alone = field(default_factory=Alone)
    """See `Driver.alone`."""
    in_use: list[Driver] = field(default_factory=list)
    _idle: Driver | None = None
    _without_task: dict[str, bool] = field(default_factory=dict)

    def make(
        self,
        watcher: Watcher | None,
        owner: str | None,
        part: Part | None,
        text_watcher: TextWatcher | None,
    ) -> Driver:
        """A driver that is in use from now on, until it is taken back."""
        made = Driver(
            self.store,
            self.clock,
            self.world,
            self.plans,
            part or Part(self.world.registry),
            LeaseHolder(self.store, self.clock, owner or this_owner()),
            watcher,
            self.in_use,
            self.pausing,
            text_watcher,
            self.keeps_text,
            self._without_task,
            self.carrier,
            self.alone,
        )
        self.in_use.append(made)
        return made

    def lend(
        self,
        watcher: Watcher | None,
        owner: str | None = None,
        text_watcher: TextWatcher | None = None,
    ) -> Driver:
        """A driver for one run: that of the last run that was driven in this loop, if it can be used again, as it takes as
        long to make as to take a step."""
        loop = asyncio.get_running_loop()
        idle, self._idle = self._idle, None
        if idle is None or idle.loop is not loop or text_watcher is not None:
            made = self.make(watcher, owner, None, text_watcher)
            made.loop = loop
            return made
        idle.watcher = watcher
        if owner is not None:
            idle.holder.owner = owner
        self.in_use.append(idle)
        return idle

    def take_back(self, driver: Driver) -> None:
        """It is no longer in use."""
        self.in_use.remove(driver)
        if driver.loop is not None and driver.is_as_new:
            self._idle = driver

    async def submit(self, run_id: str, command: Command) -> bool | None:
        """Give a command to the driver that has the run, as `Driver.submit`; None where none has it."""
        for driver in self.in_use:
            if driver.drives(run_id):
                counted = await driver.submit(run_id, command)
                if counted is not None:
                    return counted
        return None

    def look_for_runs(self) -> None:
        """Let the workers of this process look at once for what is due."""
        for driver in self.in_use:
            driver.look_for_runs()
