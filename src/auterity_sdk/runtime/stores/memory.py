"""A store that lives as long as its process."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from msgspec.structs import replace

from auterity_sdk.errors import EventsGone, LeaseLost, RunNotFound, VersionConflict
from auterity_sdk.runs.cache import CachedResult
from auterity_sdk.runs.events import Event
from auterity_sdk.runtime.fingerprints import plain_fingerprint
from auterity_sdk.runtime.owner import held_by
from auterity_sdk.runtime.ports import (
    POINT,
    Claims,
    Holder,
    Incoming,
    Lease,
    Pins,
    Recorded,
    Recording,
    Summary,
    Turn,
)
from auterity_sdk.runtime.stores.memory_attempts import MemoryAttempts
from auterity_sdk.runtime.stores.memory_claims import MemoryClaims
from auterity_sdk.runtime.stores.memory_firings import MemoryFirings

_NOBODYS = "", 0
"""In place of the owner of a lease, and of the time until which it holds."""


def _has_to_do(summary: Summary, now: int) -> bool:
    rests = summary.carried or summary.status in ("waiting", "uncertain")
    return not rests or (summary.due is not None and summary.due <= now)


def _since(summary: Summary) -> int:
    due = summary.started_at if summary.due is None else summary.due
    return due - POINT * summary.priority


def _lost(lease: Lease) -> LeaseLost:
    return LeaseLost(f"the run {lease.run_id} has another driver by now")


class MemoryStore(MemoryFirings, MemoryAttempts):
    """Keeps runs in memory."""

    shared = False

    def __init__(self) -> None:
        MemoryFirings.__init__(self)
        MemoryAttempts.__init__(self)
        self._journals: dict[str, list[Event]] = {}
        self._appends: list[tuple[str, int, int]] = []
        """All appends ever, in order: the run, how many events it had before, and how many came."""
        self._firsts: list[int] = []
        """The place of the first event of each append, among all events ever appended, as far as anybody has asked."""
        self._counted = 0
        """So many events are in the appends with such a place."""
        self._summaries: dict[str, Summary] = {}
        self._versions: dict[str, Mapping[str, Any]] = {}
        self._inbox: dict[str, Incoming] = {}
        self._seen: set[str] = set()
        self._all_events: dict[str, Incoming] = {}
        self._awaits: dict[str, Sequence[tuple[str, str]]] = {}
        self._leases: dict[str, tuple[str, int]] = {}
        self._fences: dict[str, int] = {}
        self._claims = MemoryClaims()
        self._beats: dict[str, dict[str, Any]] = {}
        self._cached: dict[str, CachedResult] = {}

    def _length(self, run_id: str) -> int:
        return len(self._journals.get(run_id, ()))

    def fingerprint(self, text: str) -> str:
        """See `Fingerprints.fingerprint`."""
        return plain_fingerprint(text)

    def changes(self) -> int:
        """See `Store.changes`. Nobody else can write to it."""
        return 0

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
        if lease is not None and self._fences[lease.run_id] != lease.fence:
            raise _lost(lease)
        if claims is not None:
            self._check_attempt(claims.of)
        journal = self._journals.get(run_id)
        if journal is None:
            journal = self._journals[run_id] = []
        if len(journal) != expected:
            raise VersionConflict(f"the run {run_id} has been changed meanwhile")
        if taken:
            self._check_taken(taken)
        if claims is not None:
            self._change(run_id, claims, expected + len(events))
        journal += events
        self._appends.append((run_id, expected, len(events)))
        if pins is not None:
            self._pin(pins)
        if summary is not None:
            self._put(summary)
        elif claims is not None and claims.due is not None:
            self._make_due(run_id, claims.due)
        for used in taken:
            del self._inbox[used]

    def _pin(self, pins: Pins) -> None:
        for version, data in pins.items():
            self._versions.setdefault(version, data)

    def _make_due(self, run_id: str, due: int) -> None:
        known = self._summaries[run_id]
        due = due if known.due is None else min(known.due, due)
        self._summaries[run_id] = replace(known, due=due)

    async def events(self, run_id: str, after: int = 0) -> list[Event]:
        """See `Journal.events`."""
        if run_id not in self._journals:
            raise RunNotFound(f"there is no run {run_id}", help="`auterity runs list` shows all")
        return self._journals[run_id][after:]

    async def grown(self, lengths: Mapping[str, int]) -> set[str]:
        """See `Journal.grown`."""
        return {each for each, seq in lengths.items() if len(self._journals.get(each, ())) > seq}

    async def recorded(self, after: int, limit: int, workflow: str = "") -> Recording:
        """See `Journal.recorded`."""
        length = self._length_of_all()
        found = list(islice(self._recorded(range(after, length), workflow), limit))
        last = found[-1].position if len(found) == limit else length
        return Recording(found, last)

    async def last_recorded(
        self, before: int | None, limit: int, workflow: str = ""
    ) -> list[Recorded]:
        """See `Journal.last_recorded`."""
        length = self._length_of_all()
        end = length if before is None else before - 1
        return list(islice(self._recorded(reversed(range(end)), workflow), limit))

    def _length_of_all(self) -> int:
        """How many events there are. What has come since this was asked last is counted only now."""
        for _, _, came in islice(self._appends, len(self._firsts), None):
            self._firsts.append(self._counted)
            self._counted += came
        return self._counted

    def _recorded(self, places: Iterable[int], workflow: str) -> Iterator[Recorded]:
        for place in places:
            append = bisect_right(self._firsts, place) - 1
            run_id, earlier, _ = self._appends[append]
            seq = earlier + place - self._firsts[append] + 1
            summary = self._summaries.get(run_id)
            name = "" if summary is None else summary.workflow
            if run_id in self._journals and workflow in ("", name):
                yield Recorded(place + 1, run_id, name, seq, self._journals[run_id][seq - 1])

    async def run(self, run_id: str) -> Summary | None:
        """See `Journal.run`."""
        return self._summaries.get(run_id)

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
        found = [
            summary
            for summary in self._summaries.values()
            if (not statuses or summary.status in statuses)
            and (parent_run is None or summary.parent_run == parent_run)
            and summary.run_id.startswith(prefix)
            and workflow in ("", summary.workflow)
            and (before is None or (summary.started_at, summary.run_id) < before)
        ]
        found.sort(key=lambda summary: (summary.started_at, summary.run_id), reverse=True)
        return found[:limit]

    async def turns(self, run_id: str, now: int) -> dict[str, Turn]:
        """See `Locks.turns`."""
        return self._claims.turns(run_id, now)

    async def ahead(self, run_id: str) -> list[str]:
        """See `Locks.ahead`."""
        return self._claims.ahead(run_id)

    async def holders(self, run_id: str) -> list[Holder]:
        """See `Locks.holders`."""
        return self._claims.holders(run_id)

    async def due(self, now: int, limit: int, queues: Sequence[str] | None = None) -> list[str]:
        """See `Agenda.due`."""
        turns = self._claims.in_turn(now, queues)
        found = [
            (_since(summary), summary.run_id)
            for summary in self._summaries.values()
            if summary.ended_at is None
            and self._leases.get(summary.run_id, _NOBODYS)[1] <= now
            and (summary.run_id in turns or (queues is None and self._is_owed(summary, now)))
        ]
        return [run_id for _, run_id in sorted(found)[:limit]]

    def _is_owed(self, summary: Summary, now: int) -> bool:
        return _has_to_do(summary, now) or summary.run_id in self._leases

    async def next_due(self, now: int) -> int | None:
        """See `Agenda.next_due`."""
        waiting = (each for each in self._summaries.values() if each.ended_at is None)
        return min((each.due for each in waiting if each.due and each.due > now), default=None)

    async def cached(self, key: str, since: int) -> CachedResult | None:
        """See `Cache.cached`."""
        found = self._cached.get(key)
        return None if found is None or found.at < since else found

    async def prunable(self, before: int) -> list[str]:
        """See `Pruning.prunable`."""
        known = self._summaries

        def is_old(run: Summary | None) -> bool:
            over = run is None or (run.ended_at is not None and run.ended_at < before)
            return over and (run is None or not run.parent_run or is_old(known.get(run.parent_run)))

        return sorted(run_id for run_id, run in known.items() if is_old(run))

    async def prune(self, run_ids: Sequence[str]) -> int:
        """See `Pruning.prune`."""
        found = [run for run in run_ids if run in self._summaries]
        over = [run for run in found if self._summaries[run].ended_at is not None]
        for run in over:
            del self._summaries[run], self._journals[run]
            self._claims.forget(run)
            self._awaits.pop(run, None)
        self._forget_attempts(over)
        self._cached = {k: kept for k, kept in self._cached.items() if kept.run_id not in over}
        needed = self._needed_versions()
        self._versions = {each: data for each, data in self._versions.items() if each in needed}
        return len(over)

    def _needed_versions(self) -> set[str]:
        """Those of runs, and those that these call by their version, and so on."""
        found, left = set[str](), {summary.version for summary in self._summaries.values()}
        while left:
            found |= left
            texts = [json.dumps(dict(self._versions[each])) for each in left & {*self._versions}]
            left = {
                each
                for each in self._versions.keys() - found
                if any(f"@{each[:8]}" in text for text in texts)
            }
        return found

    async def version(self, version: str) -> Mapping[str, Any]:
        """See `Versions.version`."""
        if version not in self._versions:
            raise RunNotFound(f"there is no workflow of version {version}")
        return self._versions[version]

    async def versions(self, prefix: str) -> list[str]:
        """See `Versions.versions`."""
        return sorted(version for version in self._versions if version.startswith(prefix))

    async def count_runs(self, statuses: Sequence[str]) -> dict[str, int]:
        """See `Journal.count_runs`."""
        found = Counter(each.status for each in self._summaries.values())
        return {status: found[status] for status in statuses if found[status]}

    async def put(self, event: Incoming) -> bool:
        """See `Inbox.put`."""
        if event.id in self._seen:
            return False
        self._seen.add(event.id)
        self._inbox[event.id] = self._all_events[event.id] = event
        self._fire(event.type, event.id, event.came)
        return True

    async def event(self, id: str) -> Incoming | None:
        """See `Inbox.event`."""
        return self._all_events.get(id)

    async def waiting(self, types: Sequence[str]) -> list[Incoming]:
        """See `Inbox.waiting`."""
        return [event for event in self._inbox.values() if event.type in types]

    async def listening(self, type: str, keys: Sequence[str]) -> list[str]:
        """See `Inbox.listening`."""
        known, names = {"", *keys}, {key.partition(":")[0] for key in keys}

        def may_be(key: str) -> bool:
            return key in known or "" in keys or key.partition(":")[0] not in names

        return [
            run_id
            for run_id, awaits in self._awaits.items()
            if any(event == type and may_be(key) for event, key in awaits)
        ]

    async def expire(self, now: int) -> int:
        """See `Inbox.expire`."""
        over = [
            event.id
            for event in self._inbox.values()
            if not event.lives(now) and not self._is_needed(event.id)
        ]
        for each in over:
            del self._inbox[each], self._all_events[each]
        self._miss(over)
        return len(over)

    async def take(self, run_id: str, owner: str, now: int, until: int) -> Lease:
        """See `Leases.take`. One process has it all to itself, so that an owner is never dead."""
        holder, over = self._leases.get(run_id, _NOBODYS)
        is_others = holder not in ("", owner)
        if is_others and over > now:
            raise held_by(run_id, holder)
        fence = self._fences.get(run_id, 0) + (holder != owner)
        self._leases[run_id] = owner, until
        self._fences[run_id] = fence
        return Lease(run_id, owner, fence, is_others)

    async def renew(self, owner: str, until: int) -> set[str]:
        """See `Leases.renew`."""
        held = {run for run, (holder, _) in self._leases.items() if holder == owner}
        self._leases |= dict.fromkeys(held, (owner, until))
        return held

    async def give_back(self, owner: str, run_id: str | None = None) -> None:
        """See `Leases.give_back`."""
        for run in (*self._leases,) if run_id is None else (run_id,):
            if self._leases.get(run, _NOBODYS)[0] == owner:
                del self._leases[run]

    async def beat(self, run_id: str, step: str, details: Any, lease: Lease | None = None) -> None:
        """See `Heartbeats.beat`."""
        self._check(lease)
        self._beats.setdefault(run_id, {})[step] = details

    async def last_beat(self, run_id: str, step: str) -> Any:
        """See `Heartbeats.last_beat`."""
        return self._beats.get(run_id, {}).get(step)

    def _check(self, lease: Lease | None) -> None:
        if lease is not None and self._fences[lease.run_id] != lease.fence:
            raise _lost(lease)

    def _change(self, run_id: str, claims: Claims, length: int) -> None:
        self._claims.change(run_id, claims)
        if claims.awaits is not None:
            self._awaits[run_id] = claims.awaits
        self._keep(claims)
        self._change_attempts(run_id, claims, length)

    def _check_taken(self, events: Sequence[str]) -> None:
        gone = {*events} - self._inbox.keys()
        if gone:
            raise EventsGone(sorted(gone))

    def _keep(self, claims: Claims) -> None:
        if claims.kept:
            known = {**self._cached, **claims.kept}
            self._cached = {key: kept for key, kept in known.items() if kept.until >= claims.at}

    def _put(self, summary: Summary) -> None:
        self._summaries[summary.run_id] = summary
        if summary.ended_at is None:
            return
        self._beats.pop(summary.run_id, None)
        self._forget_attempts((summary.run_id,))
        caller = self._summaries.get(summary.parent_run)
        if caller is not None and caller.ended_at is None:
            self._summaries[caller.run_id] = replace(caller, due=summary.ended_at)
