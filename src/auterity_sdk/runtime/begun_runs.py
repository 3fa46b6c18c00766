"""The runs that a runtime has begun, and that nobody drives yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from auterity_sdk.errors import AuterityError
from auterity_sdk.runs.commands import Start
from auterity_sdk.runs.events import Event
from auterity_sdk.runs.state import RunState
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.carrying import AttemptCarrier
from auterity_sdk.runtime.lease_holder import LEASE
from auterity_sdk.runtime.live import Live
from auterity_sdk.runtime.plans import Plans
from auterity_sdk.runtime.ports import Clock, Store
from auterity_sdk.runtime.run_id import new_run_id
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.scope import Scopes

_MOST_KEPT = 64
"""So many runs that were begun here, and are not driven yet, need not be folded from their journals."""


class BegunRuns(Struct, eq=False):
    """Begins runs, and keeps them for who drives them next. What is recorded of them is told to `observe`."""

    world: World
    store: Store
    clock: Clock
    plans: Plans
    carrier: AttemptCarrier | None
    observe: Callable[[Live, Sequence[Event]], None]
    _kept: dict[str, Live] = field(default_factory=dict)
    _owners: dict[str, str] = field(default_factory=dict)

    async def begin(
        self,
        workflow: Workflow,
        input: Mapping[str, Any],
        requester: str,
        owner: str | None,
        scopes: Scopes | None = None,
        run_id: str | None = None,
        fresh: bool = False,
    ) -> Live:
        """Begin a run, which is its `owner`'s to drive; None: anybody's.

        Raises as `LocalRuntime.start`, and `AlreadyStarted`.
        """
        plan = self.plans.known(workflow) or await self.plans.of(workflow, scopes)
        values = self.plans.accepted(plan, input)
        run_id = run_id or new_run_id()
        world, store = self.world, self.store
        names = {name: name for name in world.connection_names} if world.connection_names else {}
        now = self.clock.now()
        lease = None if owner is None else await store.take(run_id, owner, now, now + LEASE)
        carrier, pins = self.carrier if lease is None else None, self.plans.pins(plan.version)
        live = Live(run_id, plan, store, RunState(plan), None, lease, pins, carrier)
        try:
            events = await live.begin(Start(now, values, requester, connections=names, fresh=fresh))
        except AuterityError:
            if owner is not None:
                await store.give_back(owner, run_id)
            raise
        if live.carrier is not None and live.begun:
            live.carrier.send(run_id, live.begun)
        self.observe(live, events)
        return live

    def keep(self, live: Live, owner: str | None) -> None:
        """Keep a run, and its owner if it has one: it is mostly driven next.

        What other processes may change is not kept, but folded anew.
        """
        if owner is not None:
            self._owners[live.run_id] = owner
        if not self.store.shared:
            if len(self._kept) >= _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[live.run_id] = live

    def hand_over(self, run_id: str) -> tuple[str | None, Live | None]:
        """The owner of a run and the run itself, for who drives it from now on; None is what is not known of it here."""
        return self._owners.pop(run_id, None), self._kept.pop(run_id, None)
