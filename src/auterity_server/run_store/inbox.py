"""Outside events that no `receive` has taken yet, and who waits for one, in PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from auterity_sdk.errors import EventsGone
from auterity_sdk.runtime.ports import REMEMBERED, Incoming
from auterity_server.run_store.bound import Bound
from auterity_server.run_store.firings import NEEDED, PostgresFirings, fire, miss

_MINE = "environment_id = %(environment)s"
_FIELDS = "id, type, data, came, until"
_PUT = f"""INSERT INTO run_inbox (environment_id, {_FIELDS})
    VALUES (%(environment)s, %(id)s, %(type)s, %(data)s, %(came)s, %(until)s) ON CONFLICT DO NOTHING"""
_WAITING = f"""SELECT {_FIELDS} FROM run_inbox WHERE {_MINE} AND taken_by IS NULL
    AND type = ANY(%(types)s::text[]) ORDER BY came, number"""
_EVENT = f"SELECT {_FIELDS} FROM run_inbox WHERE {_MINE} AND id = %(id)s AND data <> ''"
_OF_TYPE = f"SELECT run_id FROM run_awaits WHERE {_MINE} AND type = %(type)s"
_ALL_OF_TYPE = f"SELECT DISTINCT run_id FROM run_awaits WHERE {_MINE} AND type = %(type)s"
_LISTENING = f"""{_OF_TYPE} AND key < %(first)s UNION {_OF_TYPE} AND key > %(last)s
    UNION {_OF_TYPE} AND key = ANY(%(keys)s::text[])"""
_OVER = f"SELECT 1 FROM run_inbox WHERE {_MINE} AND taken_by IS NULL AND until <= %(now)s LIMIT 1"
_EXPIRE = f"""UPDATE run_inbox SET data = '', taken_by = ''
    WHERE {_MINE} AND taken_by IS NULL AND until <= %(now)s AND NOT {NEEDED}"""
_FORGET = f"DELETE FROM run_inbox WHERE {_MINE} AND taken_by = '' AND until <= %(now)s"
_USE_UP = f"""UPDATE run_inbox SET taken_by = %(run)s
    WHERE {_MINE} AND id = ANY(%(taken)s::text[]) AND taken_by IS NULL RETURNING id"""


async def use_up(bound: Bound, run_id: str, taken: Sequence[str]) -> None:
    """Let a run take these events, as part of its append. Raises `EventsGone` where another one has."""
    used = await bound.rows(_USE_UP, {"run": run_id, "taken": sorted(taken)})
    gone = {*taken} - {event for (event,) in used}
    if gone:
        raise EventsGone(sorted(gone))


class PostgresInbox(PostgresFirings):
    """See `Inbox`."""

    async def put(self, event: Incoming) -> bool:
        """See `Inbox.put`."""
        values = {
            "id": event.id,
            "type": event.type,
            "data": json.dumps(dict(event.data)),
            "came": event.came,
            "until": event.until,
        }

        async def work(bound: Bound) -> bool:
            if not await bound.change(_PUT, values):
                return False
            await fire(bound, event.type, event.id, event.came)
            return True

        return await self._database.transaction(work)

    async def event(self, id: str) -> Incoming | None:
        """See `Inbox.event`."""
        found = await self._database.rows(_EVENT, {"id": id})
        return _incoming(found[0]) if found else None

    async def waiting(self, types: Sequence[str]) -> list[Incoming]:
        """See `Inbox.waiting`."""
        found = await self._database.rows(_WAITING, {"types": list(types)})
        return [_incoming(row) for row in found]

    async def listening(self, type: str, keys: Sequence[str]) -> list[str]:
        """See `Inbox.listening`."""
        name = max(keys, default="").partition(":")[0] if "" not in keys else ""
        values = {"type": type, "keys": list(keys), "first": f"{name}:", "last": f"{name};"}
        query = _LISTENING if name else _ALL_OF_TYPE
        return [run_id for (run_id,) in await self._database.rows(query, values)]

    async def expire(self, now: int) -> int:
        """See `Inbox.expire`."""
        await self._forget_firings(now)
        if not await self._database.rows(_OVER, {"now": now}):
            return 0

        async def work(bound: Bound) -> int:
            expired = await bound.change(_EXPIRE, {"now": now})
            await miss(bound)
            await bound.change(_FORGET, {"now": now - REMEMBERED})
            return expired

        return await self._database.transaction(work)


def _incoming(row: Sequence[Any]) -> Incoming:
    return Incoming(row[0], row[1], json.loads(row[2]), row[3], row[4])
