"""The order in which the events of all runs of an environment become readable in PostgreSQL.

An event takes its position while its transaction is under way. So one of a lower position may become readable later: only
what is behind no transaction that is under way is *settled*, and only that is given.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import cache
from typing import Any

from auterity_sdk.runs.journal import from_line
from auterity_sdk.runtime.ports import Recorded, Recording
from auterity_server.run_store.bound import EnvironmentDatabase

_LAST = """SELECT coalesce(max(position), 0) FROM run_journal
    WHERE environment_id = %(environment)s AND position IS NOT NULL"""
_UNDER_WAY = """SELECT virtualtransaction FROM pg_locks WHERE relation = 'run_journal'::regclass
    AND mode = 'RowExclusiveLock' AND granted AND %(environment)s <> ''"""
"""Who writes to the journal has this lock from before it takes a position until all see what it wrote, or nobody will."""

_PAUSE = 0.005
_PATIENCE = 0.5
"""Seconds for which a look waits for transactions to end, before it gives what there is so far."""

_AFTER = "position > %(after)s AND position <= %(upto)s"
_BEFORE = "position <= %(upto)s"


@cache
def _rows(where: str, order: str, *, of_workflow: bool) -> str:
    """Positions of an environment are read off their index, until there are enough."""
    only = " AND runs.workflow = %(workflow)s" if of_workflow else ""
    return f"""SELECT position, run_id, coalesce(runs.workflow, ''), seq, line
        FROM run_journal LEFT JOIN runs USING (environment_id, run_id)
        WHERE environment_id = %(environment)s AND {where}{only} ORDER BY position {order} LIMIT %(limit)s"""


class Order:
    """Reads the events of one environment in their order."""

    def __init__(self, database: EnvironmentDatabase) -> None:
        self._database = database
        self._settled = 0

    async def recorded(self, after: int, limit: int, workflow: str) -> Recording:
        """See `Journal.recorded`."""
        found: list[Recorded] = []
        # First what is known to be settled, which needs no wait; then what has come since.
        for upto in (self._settled, None):
            end = await self._settle() if upto is None else upto
            if end > after:
                left = limit - len(found)
                found += await self._read(_AFTER, "", left, workflow, end, after)
                if len(found) == limit:
                    return Recording(found, found[-1].position)
                after = end
        return Recording(found, after)

    async def last_recorded(self, before: int | None, limit: int, workflow: str) -> list[Recorded]:
        """See `Journal.last_recorded`."""
        upto = await self._settle()
        if before is not None:
            upto = min(upto, before - 1)
        return await self._read(_BEFORE, "DESC", limit, workflow, upto)

    async def _read(
        self, where: str, order: str, limit: int, workflow: str, upto: int, after: int = 0
    ) -> list[Recorded]:
        query = _rows(where, order, of_workflow=bool(workflow))
        values = {"after": after, "upto": upto, "limit": limit, "workflow": workflow}
        return [_recorded(row) for row in await self._database.rows(query, values)]

    async def _settle(self) -> int:
        """The position up to which none can come any more: that of the last event that is readable now, once all
        transactions have ended that may have taken an earlier one."""
        last = int((await self._database.rows(_LAST))[0][0])
        if last > self._settled:
            ends = time.monotonic() + _PATIENCE
            left = await self._under_way()
            while left and time.monotonic() < ends:
                await asyncio.sleep(_PAUSE)
                left &= await self._under_way()
            if not left:
                self._settled = max(self._settled, last)
        return self._settled

    async def _under_way(self) -> set[str]:
        return {str(each) for (each,) in await self._database.rows(_UNDER_WAY)}


def _recorded(row: Sequence[Any]) -> Recorded:
    position, run_id, workflow, seq, line = row
    return Recorded(position, run_id, workflow, seq, from_line(line))
