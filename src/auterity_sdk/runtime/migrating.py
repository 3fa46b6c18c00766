"""`plan` and `runs migrate`: the runs of the store that go by other versions of a workflow, and moving them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from auterity_sdk.errors import RunHeld, UsageError
from auterity_sdk.runs.migration import as_of_now, move_to
from auterity_sdk.runs.movable import Move, Verdict, Versions, verdict
from auterity_sdk.runs.onward import onward
from auterity_sdk.runs.plan import Plan
from auterity_sdk.runs.replay import folded
from auterity_sdk.runtime.live import Live, open_run
from auterity_sdk.runtime.local import ACTIVE, LocalRuntime
from auterity_sdk.runtime.owner import this_owner
from auterity_sdk.runtime.ports import Lease, Summary
from auterity_sdk.workflow.difference import Difference, difference
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.same_steps import Version

_LEASE = 15_000
_ALL = 1_000_000


class Planned(Struct, frozen=True):
    """A run, and what may become of it. `version` is the one that it goes by."""

    run: Summary
    verdict: Verdict


class Migration(Struct, eq=False):
    """A new version of a workflow, and the runs that go by others.

    `names` are ids that are new, by the old ones; what the difference finds out needs no naming.
    """

    runtime: LocalRuntime
    workflow: Workflow
    names: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    _between: dict[str, tuple[Versions, Difference]] = field(default_factory=dict)

    async def runs(self) -> list[Planned]:
        """Every run of the workflow's name that is not over and goes by another version, with its verdict."""
        new = await self._plan()
        found = await self.runtime.store.runs(statuses=ACTIVE, limit=_ALL)
        others = [
            run
            for run in found
            if run.workflow == self.workflow.name and run.version != new.version
        ]
        return [Planned(run, await self.verdict(run.run_id)) for run in others]

    async def difference(self, version: str) -> Difference:
        """What the new version changes in another one that the store has."""
        return (await self._versions(version))[1]

    async def verdict(self, run_id: str) -> Verdict:
        """What may become of a run. Raises `RunNotFound`."""
        live = await open_run(run_id, self.runtime.store, self.runtime.plans)
        return (await self._judged(live))[0]

    async def move(self, run_id: str) -> Verdict:
        """Move a run, if that is safe: an event of its journal says so. What may begin by that has begun.

        Raises `RunNotFound`.
        """
        owner = this_owner()
        store, now = self.runtime.store, self.runtime.clock.now()
        try:
            lease = await store.take(run_id, owner, now, now + _LEASE)
        except RunHeld as held:
            return Verdict(Move.BLOCKED, held.message)
        try:
            return await self._move(run_id, lease)
        finally:
            await store.give_back(owner, run_id)

    async def _move(self, run_id: str, lease: Lease) -> Verdict:
        live = await open_run(run_id, self.runtime.store, self.runtime.plans)
        found, made = await self._judged(live)
        if found.move is not Move.SAFE or made is None:
            return found
        versions, move, events = made
        state = folded(versions.new, as_of_now([*events, move])[:-1])
        decided = onward(versions.new, state, move)
        pins = self.runtime.plans.pins(versions.new.version)
        moved = Live(run_id, versions.new, self.runtime.store, state, pins=pins)
        await moved.append_decided(decided, len(events), lease)
        return found

    async def _judged(self, live: Live) -> tuple[Verdict, tuple[Versions, Any, Any] | None]:
        if live.plan.name != self.workflow.name:
            said = f"it is a run of the workflow {live.plan.name}"
            return Verdict(Move.STAY, said), None
        new = await self._plan()
        if live.state.version == new.version:
            return Verdict(Move.STAY, "it goes by this version already"), None
        try:
            values = self.runtime.plans.accepted(new, live.state.input)
        except UsageError as error:
            return Verdict(Move.STAY, f"its input does not fit: {error.message}"), None
        versions, _ = await self._versions(live.state.version)
        events = await self.runtime.store.events(live.run_id)
        now = max(self.runtime.clock.now(), live.state.at)
        move = move_to(versions.old, new, now, values, versions.names, self.by)
        found = verdict(versions, live.state, events, move)
        return found, (versions, move, events)

    async def _plan(self) -> Plan:
        return await self.runtime.plans.of(self.workflow)

    async def _versions(self, version: str) -> tuple[Versions, Difference]:
        known = self._between.get(version)
        if known is None:
            known = self._between[version] = await self._compared(version)
        return known

    async def _compared(self, version: str) -> tuple[Versions, Difference]:
        catalog = self.runtime.world.registry
        old = await self.runtime.plans.workflow(version)
        changes = difference(old, self.workflow, catalog)
        found = {name.old: name.new for name in changes.renamed if "/" not in name.old}
        names = {**found, **self._named(old)}
        before = Version(old, catalog).renamed(
            {("steps", name): now for name, now in names.items()}
        )
        versions = Versions(
            await self.runtime.plans.of_version(version),
            await self._plan(),
            before.data["steps"],
            Version(self.workflow, catalog).data["steps"],
            names,
        )
        return versions, changes

    def _named(self, old: Workflow) -> dict[str, str]:
        for name, now in self.names.items():
            if now not in self.workflow.steps:
                raise UsageError(f"--map {name}={now}: the new version has no step `{now}`")
        named = {name: now for name, now in self.names.items() if name in old.steps}
        taken = set(named.values()) & (set(old.steps) - set(named))
        if taken or len(set(named.values())) < len(named):
            raise UsageError("--map gives one id to two steps", help="name each new id once")
        return named
