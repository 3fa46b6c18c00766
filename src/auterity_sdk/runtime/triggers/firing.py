"""Fires triggers: makes firings of schedules that come due, lets those count that do, and starts their runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from auterity_sdk.errors import AuterityError, StoreError, StoreUnavailable, UsageError
from auterity_sdk.runs.producer import Expr, Lookup
from auterity_sdk.runs.triggers import lookup_of, occurrence, value_of
from auterity_sdk.runtime.firings import (
    GRANTED,
    HELD,
    NEW,
    QUEUED,
    REFUSED,
    STARTED,
    UNMATCHED,
    Firing,
    Standing,
)
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.triggers.pacing import Pacing, all_known
from auterity_sdk.runtime.triggers.schedules import due_times, next_time
from auterity_sdk.runtime.triggers.service import Service

_RETRY = 30_000

MOST = 100
"""So many firings of a trigger are looked at together."""

Refused = Callable[[str, AuterityError], None]
"""Told of a workflow of which no run was started, and why."""


class _Due(Struct):
    """When a schedule comes due next, as far as it was looked up at `looked`."""

    next: int | None
    looked: int


class Happening(Struct, frozen=True, eq=False):
    """What fired: its data, and what expressions read of it."""

    data: Mapping[str, Any]
    lookup: Lookup


class Firer:
    """Serves triggers beside any number of other workers: each occurrence starts one run, whoever dies meanwhile.

    A firing is in the store before its run, and the run's id is made of workflow, trigger and occurrence: whoever comes
    upon a firing whose run was not begun begins it, and one that was begun is not begun again.
    """

    def __init__(
        self, runtime: LocalRuntime, services: Sequence[Service], refused: Refused | None = None
    ) -> None:
        self._runtime = runtime
        self._services = {service.key: service for service in services}
        self._refused = refused
        self._due: dict[str, _Due] = {}
        self._not_before: dict[str, int] = {}
        self._serves = False

    async def serve_only(self, services: Sequence[Service], since: Mapping[str, int]) -> None:
        """From now on fire these triggers and no others. `since`, by their keys, says from when one counts that was not
        served before: what came until then is none of its. Raises `StoreError`."""
        store = self._runtime.store
        for service in services:
            await store.serve(service.served, since[service.key])
        await store.serve_only([service.key for service in services])
        self._services = {service.key: service for service in services}
        self._due = {key: due for key, due in self._due.items() if key in self._services}
        self._not_before, self._serves = {}, True

    async def fire(self, now: int) -> bool:
        """Do what is due; whether there was something."""
        store = self._runtime.store
        # Held, since others may be served while this waits for the store.
        services = self._services
        if not self._serves:
            for service in services.values():
                await store.serve(service.served, now)
            self._serves = True
        did = False
        for service in services.values():
            did = await self._safely(service, self._come_due, now) or did
        for key in await store.to_fire((*services,), now):
            did = await self._safely(services[key], self._work_off, now) or did
        return did

    async def _safely(
        self, service: Service, work: Callable[[Service, int], Awaitable[bool]], now: int
    ) -> bool:
        """A trigger whose firings cannot be read or kept now holds up no other, and is tried again later."""
        if now < self._not_before.get(service.key, now) <= now + _RETRY:
            return False
        try:
            return await work(service, now)
        except StoreError as error:
            self._not_before[service.key] = now + _RETRY
            self._tell(service, error)
            return False

    async def _come_due(self, service: Service, now: int) -> bool:
        """Make firings of the times at which a schedule has come due."""
        schedule, due = service.plan.schedule, self._due.get(service.key)
        if schedule is None or (
            due is not None and due.looked <= now and (due.next is None or now < due.next)
        ):
            return False
        store = self._runtime.store
        standing = await self._standing(service)
        # A clock that was set back: what has been fired is known, and is not made again.
        seen = min(standing.seen, now)
        times = due_times(schedule, seen, now)
        upcoming = next_time(schedule, now)
        if times or seen != standing.seen or (due and due.next is not None and due.next <= now):
            made = [Firing(service.key, str(time), time, time) for time in times]
            if not await store.change(service.key, standing.changes, made=made, seen=now):
                return True
        self._due[service.key] = _Due(upcoming, now)
        return bool(times)

    async def _work_off(self, service: Service, now: int) -> bool:
        store = self._runtime.store
        standing = await self._standing(service)
        found = await store.open_firings(service.key, now, MOST)
        changed = await self._paced(service, found, now)
        if changed and not await store.change(service.key, standing.changes, changed):
            return True  # another worker was first: look again
        known = all_known({each.occurrence: each for each in changed}, found)
        settled = [await self._begun(service, each) for each in known if each.state == GRANTED]
        if settled:
            await store.change(service.key, None, settled)
        return bool(changed or settled)

    async def _standing(self, service: Service) -> Standing:
        standing = await self._runtime.store.standing(service.key)
        if standing is None:
            said = f"a trigger of {service.name} is served no more"
            raise StoreUnavailable(said, help="start the worker again")
        return standing

    async def _paced(self, service: Service, found: Sequence[Firing], now: int) -> list[Firing]:
        """What becomes of firings before any run is started."""
        pacing = Pacing(service.plan.lull, service.plan.limit)
        for firing in found:
            if firing.state == NEW:
                await self._arrive(service, pacing, firing)
        # With more to come, one may yet replace what is held.
        if len(found) < MOST or not any(each.state == NEW for each in found):
            known = all_known(pacing.changed, found)
            await self._load_grants(service, pacing, known, now)
            pacing.grant(known, now)
        return list(pacing.changed.values())

    async def _arrive(self, service: Service, pacing: Pacing, firing: Firing) -> None:
        try:
            happening = await self._happening(service, firing)
            if not service.plan.matches(happening.lookup):
                pacing.changed[firing.occurrence] = replace(firing, state=UNMATCHED, at=None)
                return
            limit, lull = service.plan.limit, service.plan.lull
            if limit is not None:
                firing = replace(firing, pool=self._digest(limit.key, happening.lookup))
            if lull is not None:
                firing = replace(firing, bunch=self._digest(lull.key, happening.lookup))
                await self._load_held(pacing, firing)
            pacing.arrive(firing)
        except StoreError:
            raise
        except AuterityError as error:
            pacing.changed[firing.occurrence] = self._refuse(service, firing, error)

    async def _load_held(self, pacing: Pacing, firing: Firing) -> None:
        if firing.bunch not in pacing.held:
            found = await self._runtime.store.held(firing.trigger, firing.bunch)
            if found:
                pacing.held[firing.bunch] = max(found, key=lambda each: each.came)

    async def _load_grants(
        self, service: Service, pacing: Pacing, firings: Iterable[Firing], now: int
    ) -> None:
        limit = service.plan.limit
        if limit is None:
            return
        for pool in {each.pool for each in firings if each.state in (HELD, QUEUED)}:
            grants = await self._runtime.store.grants(service.key, pool, now - limit.per)
            pacing.grants[pool] = grants

    async def _begun(self, service: Service, firing: Firing) -> Firing:
        """Start the run of a firing, unless that is done."""
        try:
            run_id = await self._begin(service, firing)
        except StoreError:
            raise
        except AuterityError as error:
            return self._refuse(service, firing, error)
        return replace(firing, state=STARTED, at=None, run_id=run_id)

    async def _begin(self, service: Service, firing: Firing) -> str:
        runtime, run_id = self._runtime, run_id_of(service, firing)
        if await runtime.store.run(run_id) is not None:
            return run_id
        happening = await self._happening(service, firing)
        values = service.plan.values(happening.data, service.workflow.input, happening.lookup)
        try:
            return await runtime.start(
                service.workflow, values, scopes=service.scopes, run_id=run_id
            )
        except UsageError:
            if await runtime.store.run(run_id) is None:
                raise
            return run_id  # another worker began it just now

    def _refuse(self, service: Service, firing: Firing, error: AuterityError) -> Firing:
        self._tell(service, error)
        return replace(firing, state=REFUSED, at=None)

    def _tell(self, service: Service, error: AuterityError) -> None:
        if self._refused is not None:
            self._refused(service.name, error)

    async def _happening(self, service: Service, firing: Firing) -> Happening:
        if service.plan.schedule is not None:
            return self._scheduled(firing)
        event = await self._runtime.store.event(firing.occurrence)
        if event is None:
            raise UsageError(f"the outside event {firing.occurrence} is no longer kept")
        return Happening(event.data, lookup_of(event.data, event.came, self._connections))

    def _scheduled(self, firing: Firing) -> Happening:
        data = occurrence(firing.came)
        return Happening(data, lookup_of(data, firing.came, self._connections))

    @property
    def _connections(self) -> Mapping[str, str]:
        return {name: name for name in self._runtime.world.connection_names}

    def _digest(self, key: Expr | None, lookup: Lookup) -> str:
        """The fingerprint of a key's value; empty where there is no key: then all firings have it."""
        if key is None:
            return ""
        text = json.dumps(value_of(key, lookup), sort_keys=True)
        found = self._runtime.store.fingerprint(text)
        if not found:
            raise StoreUnavailable(
                "the seal key cannot be had, without which events are not counted by a key",
                help="see `auterity doctor`, and [store] seal_key",
            )
        return found


def run_id_of(service: Service, firing: Firing) -> str:
    """The id of the run of a firing: the same in every process, so that it is started once."""
    text = "\0".join((service.name, firing.trigger, firing.occurrence))
    return hashlib.sha256(text.encode()).hexdigest()[:20]
