"""A store of the runs of one environment in PostgreSQL: any number of processes, on any machines, share it."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

from auterity_sdk.errors import RunNotFound
from auterity_sdk.runs.cache import CachedResult
from auterity_sdk.runs.events import Event
from auterity_sdk.runs.journal import from_line
from auterity_sdk.runtime.fingerprints import plain_fingerprint
from auterity_sdk.runtime.owner import is_dead_here
from auterity_sdk.runtime.ports import (
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
from auterity_server.run_store import leases
from auterity_server.run_store.agenda import DUE, DUE_OF_QUEUES, NEXT_DUE, OWNERS
from auterity_server.run_store.append import (
    COLUMNS,
    lost,
    query_and_values,
    shares,
    summary_of,
    why_not,
)
from auterity_server.run_store.attempts import PostgresAttempts
from auterity_server.run_store.bound import Bound, EnvironmentDatabase
from auterity_server.run_store.claims import AHEAD, be_alone, change_claims, holders, turns
from auterity_server.run_store.inbox import PostgresInbox, use_up
from auterity_server.run_store.kept_results import FIND, keep_results, result_of
from auterity_server.run_store.listing import LAST_CHARACTER, page_of_runs
from auterity_server.run_store.notices import Notices
from auterity_server.run_store.order import Order
from auterity_server.run_store.pruning import PART, PRUNABLE, forget
from auterity_server.run_store.versions import BY_PREFIX, DATA

_EVENTS = """SELECT line FROM run_journal
    WHERE environment_id = %(environment)s AND run_id = %(run)s AND seq > %(after)s ORDER BY seq"""
_GROWN = """SELECT run_id FROM unnest(%(runs)s::text[], %(lengths)s::bigint[]) AS known(run_id, seq)
    JOIN run_heads USING (run_id) WHERE environment_id = %(environment)s AND length > known.seq"""
_RUN = f"SELECT {COLUMNS} FROM runs WHERE environment_id = %(environment)s AND run_id = %(run)s"
_COUNT = """SELECT status, count(*) FROM runs WHERE environment_id = %(environment)s
    AND status = ANY(%(statuses)s::text[]) GROUP BY status"""
_BEAT = """INSERT INTO run_heartbeats (environment_id, run_id, step, details)
    VALUES (%(environment)s, %(run)s, %(step)s, %(details)s)
    ON CONFLICT (environment_id, run_id, step) DO UPDATE SET details = excluded.details"""
_LAST_BEAT = """SELECT details FROM run_heartbeats
    WHERE environment_id = %(environment)s AND run_id = %(run)s AND step = %(step)s"""
_HOLDS = """SELECT 1 FROM run_heads WHERE environment_id = %(environment)s
    AND run_id = %(run)s AND fence = %(fence)s FOR SHARE"""

_LOOK_FOR_DEAD = 0.25
"""Seconds between two looks at whether drivers of this machine live."""


class PostgresStore(PostgresInbox, PostgresAttempts):
    """See `Store`. Its event loop is the one in which it is used first."""

    shared = True

    def __init__(self, database: EnvironmentDatabase, notices: Notices) -> None:
        super().__init__(database)
        self._notices = notices
        self._order = Order(database)
        self._looker = secrets.token_hex(6)
        self._dead: list[str] = []
        self._looked = 0.0

    def changes(self) -> int:
        """See `Store.changes`. Counts what others have written that somebody may wait for."""
        return self._notices.heard

    def fingerprint(self, text: str) -> str:
        """See `Fingerprints.fingerprint`."""
        return plain_fingerprint(text)

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
        """See `Journal.append`. A round trip, unless it changes what runs share."""
        query, values = query_and_values(run_id, expected, events, summary, lease, claims, pins)

        async def work(bound: Bound) -> None:
            if claims is not None:
                await be_alone(bound, run_id, claims)
            if not await bound.rows(query, values):
                raise await why_not(bound, run_id, lease, claims)
            if taken:
                await use_up(bound, run_id, taken)
            if claims is not None:
                await change_claims(bound, run_id, claims)
                await keep_results(bound, claims)

        alone = not taken and not shares(claims)
        if not alone or not await self._database.rows(query, values):
            await self._database.transaction(work)
        self._notices.recorded(run_id, expected + len(events))
        if _is_of_others(summary, lease, claims):
            self._notices.tell()

    async def events(self, run_id: str, after: int = 0) -> list[Event]:
        """See `Journal.events`."""
        found = await self._database.rows(_EVENTS, {"run": run_id, "after": after})
        if not found and not after:
            raise RunNotFound(f"there is no run {run_id}", help="`auterity runs list` shows all")
        return [from_line(line) for (line,) in found]

    async def grown(self, lengths: Mapping[str, int]) -> set[str]:
        """See `Journal.grown`."""
        values = {"runs": list(lengths), "lengths": list(lengths.values())}
        return {run_id for (run_id,) in await self._database.rows(_GROWN, values)}

    async def recorded(self, after: int, limit: int, workflow: str = "") -> Recording:
        """See `Journal.recorded`. Only what is settled, as `Order` has it."""
        return await self._order.recorded(after, limit, workflow)

    async def last_recorded(
        self, before: int | None, limit: int, workflow: str = ""
    ) -> list[Recorded]:
        """See `Journal.last_recorded`."""
        return await self._order.last_recorded(before, limit, workflow)

    async def run(self, run_id: str) -> Summary | None:
        """See `Journal.run`."""
        found = await self._database.rows(_RUN, {"run": run_id})
        return summary_of(found[0]) if found else None

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
        query = page_of_runs(statuses, parent_run, prefix, workflow, before, limit)
        return [summary_of(row) for row in await self._database.rows(*query)]

    async def count_runs(self, statuses: Sequence[str]) -> dict[str, int]:
        """See `Journal.count_runs`."""
        found = await self._database.rows(_COUNT, {"statuses": list(statuses)})
        return {status: count for status, count in found}  # noqa: C416 - rows are of any length

    async def turns(self, run_id: str, now: int) -> dict[str, Turn]:
        """See `Locks.turns`."""

        async def work(bound: Bound) -> dict[str, Turn]:
            return await turns(bound, run_id, now)

        return await self._database.do(work)

    async def ahead(self, run_id: str) -> list[str]:
        """See `Locks.ahead`."""
        return [before for (before,) in await self._database.rows(AHEAD, {"run": run_id})]

    async def holders(self, run_id: str) -> list[Holder]:
        """See `Locks.holders`."""

        async def work(bound: Bound) -> list[Holder]:
            return await holders(bound, run_id)

        return await self._database.do(work)

    async def beat(self, run_id: str, step: str, details: Any, lease: Lease | None = None) -> None:
        """See `Heartbeats.beat`."""
        values = {"run": run_id, "step": step, "details": json.dumps(details)}

        async def work(bound: Bound) -> None:
            if lease is not None:
                held = {"run": lease.run_id, "fence": lease.fence}
                if not await bound.rows(_HOLDS, held):
                    raise lost(lease.run_id)
            await bound.change(_BEAT, values)

        await self._database.transaction(work)

    async def last_beat(self, run_id: str, step: str) -> Any:
        """See `Heartbeats.last_beat`."""
        found = await self._database.rows(_LAST_BEAT, {"run": run_id, "step": step})
        return json.loads(found[0][0]) if found else None

    async def due(self, now: int, limit: int, queues: Sequence[str] | None = None) -> list[str]:
        """See `Agenda.due`. What it gives is left alone by other workers for a moment."""
        values = {
            "now": now,
            "most": limit,
            "dead": await self._dead_owners(),
            "queues": None if queues is None else list(queues),
            "looker": self._looker,
        }
        query = DUE if queues is None else DUE_OF_QUEUES
        return [run_id for (run_id,) in await self._database.rows(query, values)]

    async def next_due(self, now: int) -> int | None:
        """See `Agenda.next_due`."""
        found: int | None = (await self._database.rows(NEXT_DUE, {"now": now}))[0][0]
        return found

    async def cached(self, key: str, since: int) -> CachedResult | None:
        """See `Cache.cached`."""
        found = await self._database.rows(FIND, {"key": key, "since": since})
        return result_of(found[0]) if found else None

    async def prunable(self, before: int) -> list[str]:
        """See `Pruning.prunable`."""
        return [run_id for (run_id,) in await self._database.rows(PRUNABLE, {"before": before})]

    async def prune(self, run_ids: Sequence[str]) -> int:
        """See `Pruning.prune`. In parts, so that none holds others up; the space comes back by PostgreSQL's autovacuum."""
        count = 0
        for start in range(0, len(run_ids), PART):
            part = list(run_ids[start : start + PART])

            async def work(bound: Bound, part: list[str] = part) -> int:
                return await forget(bound, part)

            count += await self._database.transaction(work)
        return count

    async def version(self, version: str) -> Mapping[str, Any]:
        """See `Versions.version`."""
        found = await self._database.rows(DATA, {"version": version})
        if not found:
            raise RunNotFound(f"there is no workflow of version {version}")
        workflow: Mapping[str, Any] = json.loads(found[0][0])
        return workflow

    async def versions(self, prefix: str) -> list[str]:
        """See `Versions.versions`."""
        values = {"first": prefix, "last": prefix + LAST_CHARACTER}
        return [version for (version,) in await self._database.rows(BY_PREFIX, values)]

    async def put(self, event: Incoming) -> bool:
        """See `Inbox.put`."""
        is_new = await super().put(event)
        self._notices.tell()
        return is_new

    async def take(self, run_id: str, owner: str, now: int, until: int) -> Lease:
        """See `Leases.take`."""
        return await leases.take(self._database, run_id, owner, now, until)

    async def renew(self, owner: str, until: int) -> set[str]:
        """See `Leases.renew`."""
        return await leases.renew(self._database, owner, until)

    async def give_back(self, owner: str, run_id: str | None = None) -> None:
        """See `Leases.give_back`. The head stays, since its fence may never be used again."""
        values = {"owner": owner, "run": run_id}
        if await self._database.rows(leases.GIVE_BACK, values):
            self._notices.tell()

    async def _dead_owners(self) -> list[str]:
        """Drivers of this machine whose processes have gone. Those of others count as alive until their time is over."""
        now = time.monotonic()
        if now - self._looked > _LOOK_FOR_DEAD or not self._looked:
            self._looked = now
            found = await self._database.rows(OWNERS)
            self._dead = [owner for (owner,) in found if is_dead_here(owner)]
        return self._dead


def _is_of_others(summary: Summary | None, lease: Lease | None, claims: Claims | None) -> bool:
    """Whether others may wait for what is appended: a run that is to be driven, what runs share, a child run's end."""
    if claims is not None and claims.of is not None and summary is None:
        return False  # who ended the attempt goes on
    is_child_over = summary is not None and summary.ended_at is not None and summary.parent_run
    changes = claims is not None and not claims.of_attempts
    return lease is None or changes or bool(is_child_over)
