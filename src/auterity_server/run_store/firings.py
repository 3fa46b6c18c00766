"""Triggers and their firings in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from auterity_sdk.runtime.firings import HELD, KEPT, MISSED, Firing, Served, Standing
from auterity_server.run_store.bound import Bound, EnvironmentDatabase

_FIELDS = "key, occurrence, came, at, state, bunch, first, pool, granted, run_id"
_MINE = "environment_id = %(environment)s"
_OF_KEY = f"FROM run_firings WHERE {_MINE} AND key = %(key)s"
_OPEN = f"""SELECT {_FIELDS} {_OF_KEY} AND at IS NOT NULL AND at <= %(now)s
    ORDER BY came, number LIMIT %(most)s"""
_LATEST = f"SELECT {_FIELDS} {_OF_KEY} ORDER BY came DESC, number DESC LIMIT %(most)s"
_HELD = f"SELECT {_FIELDS} {_OF_KEY} AND bunch = %(bunch)s AND state = '{HELD}'"
_GRANTS = f"""SELECT granted {_OF_KEY} AND pool = %(pool)s AND granted > %(since)s ORDER BY 1"""
_SERVE = """INSERT INTO run_triggers (environment_id, key, workflow, event, seen)
    VALUES (%(environment)s, %(key)s, %(workflow)s, %(event)s, %(now)s) ON CONFLICT DO NOTHING"""
_STANDING = f"SELECT seen, changes FROM run_triggers WHERE {_MINE} AND key = %(key)s"
_TO_FIRE = f"""SELECT asked.key FROM unnest(%(keys)s::text[]) AS asked(key) WHERE EXISTS (
    SELECT 1 FROM run_firings WHERE {_MINE} AND run_firings.key = asked.key AND at IS NOT NULL AND at <= %(now)s)"""
_MOVE = f"""UPDATE run_triggers SET changes = changes + 1, seen = coalesce(%(seen)s::bigint, seen)
    WHERE {_MINE} AND key = %(key)s AND (%(changes)s::bigint IS NULL OR changes = %(changes)s::bigint)"""
_MADE = f"""INSERT INTO run_firings (environment_id, {_FIELDS}) VALUES (%(environment)s, %(key)s, %(occurrence)s,
    %(came)s, %(at)s, %(state)s, %(bunch)s, %(first)s, %(pool)s, %(granted)s, %(run)s) ON CONFLICT DO NOTHING"""
_CHANGED = f"""UPDATE run_firings SET at = %(at)s, state = %(state)s, bunch = %(bunch)s, first = %(first)s,
    pool = %(pool)s, granted = %(granted)s, run_id = %(run)s
    WHERE {_MINE} AND occurrence = %(occurrence)s AND key = %(key)s"""
_FIRED_BY = """SELECT DISTINCT workflow FROM run_firings JOIN run_triggers USING (environment_id, key)
    WHERE environment_id = %(environment)s AND occurrence = %(occurrence)s ORDER BY workflow"""
_FIRE = f"""INSERT INTO run_firings (environment_id, key, occurrence, came, at)
    SELECT environment_id, key, %(id)s, %(came)s, 0 FROM run_triggers
    WHERE {_MINE} AND event = %(type)s AND event <> '' ON CONFLICT DO NOTHING"""

NEEDED = """EXISTS (SELECT 1 FROM run_firings WHERE run_firings.environment_id = run_inbox.environment_id
    AND occurrence = run_inbox.id AND at IS NOT NULL AND state <> 'new')"""
"""Of an event in the inbox: it is still to start a run."""

_MISS = f"""UPDATE run_firings SET at = NULL, state = '{MISSED}' WHERE {_MINE} AND at IS NOT NULL AND state = 'new'
    AND occurrence IN (SELECT id FROM run_inbox WHERE {_MINE} AND taken_by = '')"""
_OTHERS = f"SELECT 1 FROM run_triggers WHERE {_MINE} AND key <> ALL(%(keys)s::text[]) LIMIT 1"
_RETIRE_OTHERS = f"DELETE FROM run_triggers WHERE {_MINE} AND key <> ALL(%(keys)s::text[])"
_MISS_OTHERS = f"""UPDATE run_firings SET at = NULL, state = '{MISSED}' WHERE {_MINE} AND at IS NOT NULL
    AND key <> ALL(%(keys)s::text[])"""
_OLD = f"SELECT 1 FROM run_firings WHERE {_MINE} AND at IS NULL AND came <= %(before)s LIMIT 1"
_FORGET = f"""DELETE FROM run_firings WHERE {_MINE} AND at IS NULL AND came <= %(before)s
    AND coalesce(granted, 0) <= %(before)s"""


async def fire(bound: Bound, type: str, occurrence: str, came: int) -> None:
    """An event makes a firing of each trigger of its type, as part of the transaction that keeps it."""
    await bound.change(_FIRE, {"type": type, "id": occurrence, "came": came})


async def miss(bound: Bound) -> None:
    """Settle what nobody served, as part of the transaction that forgets its events."""
    await bound.change(_MISS)


class PostgresFirings:
    """See `Firings`."""

    def __init__(self, database: EnvironmentDatabase) -> None:
        self._database = database

    async def serve(self, trigger: Served, now: int) -> None:
        """See `Firings.serve`."""
        if await self.standing(trigger.key) is None:
            told = {"key": trigger.key, "workflow": trigger.workflow, "event": trigger.event}

            async def work(bound: Bound) -> None:
                await bound.change(_SERVE, told | {"now": now})

            await self._database.transaction(work)

    async def serve_only(self, keys: Sequence[str]) -> None:
        """See `Firings.serve_only`."""
        served = {"keys": list(keys)}
        if await self._database.rows(_OTHERS, served):

            async def work(bound: Bound) -> None:
                await bound.change(_MISS_OTHERS, served)
                await bound.change(_RETIRE_OTHERS, served)

            await self._database.transaction(work)

    async def standing(self, key: str) -> Standing | None:
        """See `Firings.standing`."""
        found = await self._database.rows(_STANDING, {"key": key})
        return Standing(*found[0]) if found else None

    async def to_fire(self, keys: Sequence[str], now: int) -> list[str]:
        """See `Firings.to_fire`."""
        found = await self._database.rows(_TO_FIRE, {"keys": list(keys), "now": now})
        return [key for (key,) in found]

    async def open_firings(self, key: str, now: int, limit: int) -> list[Firing]:
        """See `Firings.open_firings`."""
        found = await self._database.rows(_OPEN, {"key": key, "now": now, "most": limit})
        return [Firing(*row) for row in found]

    async def latest_firings(self, key: str, limit: int) -> list[Firing]:
        """See `Firings.latest_firings`."""
        found = await self._database.rows(_LATEST, {"key": key, "most": limit})
        return [Firing(*row) for row in found]

    async def held(self, key: str, bunch: str) -> list[Firing]:
        """See `Firings.held`."""
        found = await self._database.rows(_HELD, {"key": key, "bunch": bunch})
        return [Firing(*row) for row in found]

    async def grants(self, key: str, pool: str, since: int) -> list[int]:
        """See `Firings.grants`."""
        found = await self._database.rows(_GRANTS, {"key": key, "pool": pool, "since": since})
        return [granted for (granted,) in found]

    async def change(
        self,
        key: str,
        changes: int | None,
        changed: Sequence[Firing] = (),
        made: Sequence[Firing] = (),
        seen: int | None = None,
    ) -> bool:
        """See `Firings.change`."""

        async def work(bound: Bound) -> bool:
            if not await bound.change(_MOVE, {"key": key, "changes": changes, "seen": seen}):
                return False
            await bound.change_all(_MADE, [_values(each) for each in made])
            await bound.change_all(_CHANGED, [_values(each) for each in changed])
            return True

        return await self._database.transaction(work)

    async def fired_by(self, occurrence: str) -> list[str]:
        """See `Firings.fired_by`."""
        found = await self._database.rows(_FIRED_BY, {"occurrence": occurrence})
        return [workflow for (workflow,) in found]

    async def _forget_firings(self, now: int) -> None:
        """Forget those that are settled and were long ago."""
        before = {"before": now - KEPT}
        if await self._database.rows(_OLD, before):

            async def work(bound: Bound) -> None:
                await bound.change(_FORGET, before)

            await self._database.transaction(work)


def _values(firing: Firing) -> dict[str, Any]:
    return {
        "key": firing.trigger,
        "occurrence": firing.occurrence,
        "came": firing.came,
        "at": firing.at,
        "state": firing.state,
        "bunch": firing.bunch,
        "first": firing.first,
        "pool": firing.pool,
        "granted": firing.granted,
        "run": firing.run_id,
    }
