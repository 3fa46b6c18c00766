"""A store before which classed values are sealed: in memory all is clear, in the store they are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from auterity_sdk.checks.dataflow.labels import Labels
from auterity_sdk.dealership.classification import DataClass
from auterity_sdk.dealership.personal_names import looks_in
from auterity_sdk.errors import ConfigurationError, RunNotFound, StoreUnavailable
from auterity_sdk.runs.cache import CachedResult
from auterity_sdk.runs.events import CacheAsked, Event, RunEnded, RunMigrated, RunStarted, StepEnded
from auterity_sdk.runtime.classed_events import replaced
from auterity_sdk.runtime.classes import PLAIN, UNKNOWN, Classes, Slots, classes_of
from auterity_sdk.runtime.personal_values import PersonalValues
from auterity_sdk.runtime.ports import (
    Claims,
    Holder,
    Incoming,
    Lease,
    Pins,
    Recorded,
    Recording,
    Store,
    Summary,
    Turn,
)
from auterity_sdk.runtime.seal import MARK, SEALED, SealKey
from auterity_sdk.runtime.stores.passed_attempts import PassedAttempts
from auterity_sdk.runtime.stores.passed_firings import PassedFirings
from auterity_sdk.workflow.model import load
from auterity_sdk.workflow.signature import Catalog

_MOST_RUNS = 1000
_INBOX = "the outside event "
_CACHE = "the kept result "


class _Sealing(Struct, eq=False):
    """Seals and opens the values of one run, or of one outside event. `bound` is its name."""

    key: SealKey
    bound: str
    slots: Slots = UNKNOWN
    values: PersonalValues = field(default_factory=PersonalValues)
    since: int = 0
    """The number of the event since which the run goes by these slots."""

    def sealed(self, event: Event) -> Event:
        """The event as it may be written."""
        if isinstance(event, CacheAsked):
            return replace(event, key=self.key.digest(event.key))
        replaced(event, self.slots, self.learn)
        return replaced(event, self.slots, self.seal)

    def opened(self, event: Event) -> Event:
        """An event as it was before it was sealed."""
        return replaced(event, UNKNOWN, self.open)

    def learn(self, value: Any, labels: Labels) -> Any:
        self.values.add(value, labels & SEALED)
        return value

    def seal(self, value: Any, labels: Labels) -> Any:
        return self.key.seal(value, self.bound) if self._is_secret(value, labels) else value

    def open(self, value: Any, labels: Labels) -> Any:
        if isinstance(value, str) and value.startswith(MARK):
            clear = self.key.open(value, self.bound)
            self.values.add(clear, labels & SEALED or SEALED)
            return clear
        return value

    def _is_secret(self, value: Any, labels: Labels) -> bool:
        if value is None or value == "":
            return False
        if labels & SEALED or self.values.class_in(value):
            return True
        # A text that looks sealed already would be opened when it is read.
        return isinstance(value, str) and (
            value.startswith(MARK) or DataClass.GOVERNMENT_ID.value in looks_in(value)
        )


class SealedStore(PassedFirings, PassedAttempts):
    """Seals the values of `SEALED` classes on their way into a store, and opens them on their way out.

    `catalog` knows the types of the workflows that run, whose classes count. Raises `StoreUnavailable` where a sealed
    value is read whose key is missing.
    """

    def __init__(self, store: Store, catalog: Catalog, key: SealKey) -> None:
        self._store: Store = store
        self._attempts = store
        self._catalog = catalog
        self._key = key
        self._runs: dict[str, _Sealing] = {}
        self._classes: dict[str, Classes] = {}

    @property
    def shared(self) -> bool:
        """See `Store.shared`."""
        return self._store.shared

    def fingerprint(self, text: str) -> str:
        """See `Fingerprints.fingerprint`. Without the key nobody can find out the value by trying all there are."""
        try:
            return self._key.fingerprint(text)
        except (StoreUnavailable, ConfigurationError):
            return ""

    def changes(self) -> int:
        """See `Store.changes`."""
        return self._store.changes()

    async def append(
        self,
        run_id: str,
        expected: int,
        events: Sequence[Event],
        summary: Summary | None = None,
        taken: Sequence[str] = (),
        lease: Lease | None = None,
        claims: Claims | None = None,
        pins: Pins | None = None,
    ) -> None:
        """See `Journal.append`."""
        sealing = await self._of_run(run_id, known=not expected)
        written = []
        for seq, event in enumerate(events, expected + 1):
            await self._go_by(sealing, seq, event, pins)
            written.append(sealing.sealed(event))
        if claims is not None and claims.kept:
            kept = [await self._sealed_result(key, each) for key, each in claims.kept.items()]
            claims = replace(claims, kept=dict(kept))
        await self._store.append(run_id, expected, written, summary, taken, lease, claims, pins)
        if events and isinstance(events[-1], RunEnded):
            self._runs.pop(run_id, None)

    async def events(self, run_id: str, after: int = 0) -> list[Event]:
        """See `Journal.events`."""
        known = self._runs.get(run_id) or (
            await self._of_run(run_id, known=False) if after else None
        )
        sealing = known or self._new(run_id)
        opened = []
        for seq, event in enumerate(await self._store.events(run_id, after), after + 1):
            await self._go_by(sealing, seq, event)
            opened.append(sealing.opened(event))
        if known is None:
            self._keep(run_id, sealing)
        return opened

    async def grown(self, lengths: Mapping[str, int]) -> set[str]:
        """See `Journal.grown`."""
        return await self._store.grown(lengths)

    async def recorded(self, after: int, limit: int, workflow: str = "") -> Recording:
        """See `Journal.recorded`."""
        found = await self._store.recorded(after, limit, workflow)
        return Recording([self._opened_event(each) for each in found.events], found.upto)

    async def last_recorded(
        self, before: int | None, limit: int, workflow: str = ""
    ) -> list[Recorded]:
        """See `Journal.last_recorded`."""
        found = await self._store.last_recorded(before, limit, workflow)
        return [self._opened_event(each) for each in found]

    def _opened_event(self, each: Recorded) -> Recorded:
        return replace(each, event=self._new(each.run_id).opened(each.event))

    async def run(self, run_id: str) -> Summary | None:
        """See `Journal.run`."""
        return await self._store.run(run_id)

    async def runs(
        self,
        *,
        statuses: Sequence[str] = (),
        parent_run: str | None = None,
        prefix: str = "",
        workflow: str = "",
        before: tuple[int, str] | None = None,
        limit: int = 1000,
    ) -> list[Summary]:
        """See `Journal.runs`."""
        return await self._store.runs(
            statuses=statuses,
            parent_run=parent_run,
            prefix=prefix,
            workflow=workflow,
            before=before,
            limit=limit,
        )

    async def count_runs(self, statuses: Sequence[str]) -> dict[str, int]:
        """See `Journal.count_runs`."""
        return await self._store.count_runs(statuses)

    async def turns(self, run_id: str, now: int) -> dict[str, Turn]:
        """See `Locks.turns`."""
        return await self._store.turns(run_id, now)

    async def ahead(self, run_id: str) -> list[str]:
        """See `Locks.ahead`."""
        return await self._store.ahead(run_id)

    async def holders(self, run_id: str) -> list[Holder]:
        """See `Locks.holders`."""
        return await self._store.holders(run_id)

    async def due(self, now: int, limit: int, queues: Sequence[str] | None = None) -> list[str]:
        """See `Agenda.due`."""
        return await self._store.due(now, limit, queues)

    async def next_due(self, now: int) -> int | None:
        """See `Agenda.next_due`."""
        return await self._store.next_due(now)

    async def cached(self, key: str, since: int) -> CachedResult | None:
        """See `Cache.cached`. The key is a digest by this store's key: what it stands for cannot be tried out."""
        name = self._key.digest(key)
        found = await self._store.cached(name, since)
        if found is None:
            return None
        sealing = _Sealing(self._key, _CACHE + name)
        return replace(found, output=PLAIN.replaced(found.output, sealing.open))

    async def prunable(self, before: int) -> list[str]:
        """See `Pruning.prunable`."""
        return await self._store.prunable(before)

    async def prune(self, run_ids: Sequence[str]) -> int:
        """See `Pruning.prune`."""
        return await self._store.prune(run_ids)

    async def version(self, version: str) -> Mapping[str, Any]:
        """See `Versions.version`."""
        return await self._store.version(version)

    async def versions(self, prefix: str) -> list[str]:
        """See `Versions.versions`."""
        return await self._store.versions(prefix)

    async def put(self, event: Incoming) -> bool:
        """See `Inbox.put`."""
        sealing = _Sealing(self._key, _INBOX + event.id)
        PLAIN.replaced(event.data, sealing.learn)
        return await self._store.put(replace(event, data=PLAIN.replaced(event.data, sealing.seal)))

    async def waiting(self, types: Sequence[str]) -> list[Incoming]:
        """See `Inbox.waiting`."""
        return [self._opened(event) for event in await self._store.waiting(types)]

    async def event(self, id: str) -> Incoming | None:
        """See `Inbox.event`."""
        found = await self._store.event(id)
        return None if found is None else self._opened(found)

    def _opened(self, event: Incoming) -> Incoming:
        sealing = _Sealing(self._key, _INBOX + event.id)
        return replace(event, data=PLAIN.replaced(event.data, sealing.open))

    async def listening(self, type: str, keys: Sequence[str]) -> list[str]:
        """See `Inbox.listening`."""
        return await self._store.listening(type, keys)

    async def expire(self, now: int) -> int:
        """See `Inbox.expire`."""
        return await self._store.expire(now)

    async def take(self, run_id: str, owner: str, now: int, until: int) -> Lease:
        """See `Leases.take`."""
        return await self._store.take(run_id, owner, now, until)

    async def renew(self, owner: str, until: int) -> set[str]:
        """See `Leases.renew`."""
        return await self._store.renew(owner, until)

    async def give_back(self, owner: str, run_id: str | None = None) -> None:
        """See `Leases.give_back`."""
        await self._store.give_back(owner, run_id)

    async def beat(self, run_id: str, step: str, details: Any, lease: Lease | None = None) -> None:
        """See `Heartbeats.beat`."""
        sealing = await self._of_run(run_id, known=False)
        PLAIN.replaced(details, sealing.learn)
        await self._store.beat(run_id, step, PLAIN.replaced(details, sealing.seal), lease)

    async def last_beat(self, run_id: str, step: str) -> Any:
        """See `Heartbeats.last_beat`."""
        details = await self._store.last_beat(run_id, step)
        if details is None:
            return None
        sealing = await self._of_run(run_id, known=False)
        return PLAIN.replaced(details, sealing.open)

    async def _sealed_result(self, key: str, result: CachedResult) -> tuple[str, CachedResult]:
        name = self._key.digest(key)
        sealing = _Sealing(self._key, _CACHE + name, await self._of_version(result.version))
        made = sealing.sealed(StepEnded(result.at, result.step, result.outcome, result.output))
        output = made.output if isinstance(made, StepEnded) else None
        return name, replace(result, output=output)

    async def _of_run(self, run_id: str, *, known: bool) -> _Sealing:
        """What seals a run. Where its beginning is not `known` to come, what it holds is read first."""
        found = self._runs.get(run_id)
        if found is None and not known:
            await self.events(run_id)
            found = self._runs.get(run_id)
        return found or self._keep(run_id, self._new(run_id))

    def _new(self, run_id: str) -> _Sealing:
        return _Sealing(self._key, f"the run {run_id}")

    def _keep(self, run_id: str, made: _Sealing) -> _Sealing:
        """Only what knows all of the run so far is kept; the first one stays, since others may use it already."""
        if run_id not in self._runs and len(self._runs) >= _MOST_RUNS:
            self._runs.pop(next(iter(self._runs)))
        return self._runs.setdefault(run_id, made)

    async def _go_by(
        self, sealing: _Sealing, seq: int, event: Event, pins: Pins | None = None
    ) -> None:
        if isinstance(event, RunStarted | RunMigrated) and seq >= sealing.since:
            slots = await self._of_version(event.version, pins)
            if seq >= sealing.since:
                sealing.slots, sealing.since = slots, seq

    async def _of_version(self, version: str, pins: Pins | None = None) -> Slots:
        found = self._classes.get(version)
        if found is None:
            try:
                data = (pins or {}).get(version) or await self._store.version(version)
            except RunNotFound:
                return UNKNOWN  # names and looks tell what there is to be told
            found = self._classes[version] = classes_of(load(dict(data)), self._catalog)
        return found
