"""Who drives a run, in PostgreSQL: kept with the run's head, so that an append holds against it."""

from __future__ import annotations

from auterity_sdk.runtime.owner import held_by, is_dead_here
from auterity_sdk.runtime.ports import Lease
from auterity_server.run_store.bound import Bound, EnvironmentDatabase

_IS = "environment_id = %(environment)s AND run_id = %(run)s"
_HEAD = f"SELECT owner, until, fence FROM run_heads WHERE {_IS} FOR UPDATE"
_TAKE_FREE = """INSERT INTO run_heads (environment_id, run_id, owner, until, fence)
    VALUES (%(environment)s, %(run)s, %(owner)s, %(until)s, 1)
    ON CONFLICT (environment_id, run_id) DO UPDATE
    SET owner = excluded.owner, until = excluded.until, fence = run_heads.fence + 1
    WHERE run_heads.owner = '' RETURNING fence"""
_TAKE = f"UPDATE run_heads SET owner = %(owner)s, until = %(until)s, fence = %(fence)s WHERE {_IS}"
_RENEW = """UPDATE run_heads SET until = %(until)s
    WHERE environment_id = %(environment)s AND owner = %(owner)s RETURNING run_id"""
GIVE_BACK = """UPDATE run_heads SET owner = '', until = 0 WHERE environment_id = %(environment)s
    AND owner = %(owner)s AND (%(run)s::text IS NULL OR run_id = %(run)s::text) RETURNING run_id"""


async def take(
    database: EnvironmentDatabase, run_id: str, owner: str, now: int, until: int
) -> Lease:
    """See `Leases.take`."""
    values = {"run": run_id, "owner": owner, "now": now, "until": until}
    found = await database.rows(_TAKE_FREE, values)
    if found:
        return Lease(run_id, owner, found[0][0])

    async def work(bound: Bound) -> Lease:
        heads = await bound.rows(_HEAD, values)
        holder, over, fence = heads[0] if heads else ("", 0, 0)
        if holder not in ("", owner) and over > now and not is_dead_here(holder):
            raise held_by(run_id, holder)
        fence += holder != owner
        if heads:
            await bound.change(_TAKE, values | {"fence": fence})
        else:
            await bound.rows(_TAKE_FREE, values)
            fence = 1
        return Lease(run_id, owner, fence, orphaned=holder not in ("", owner))

    return await database.transaction(work)


async def renew(database: EnvironmentDatabase, owner: str, until: int) -> set[str]:
    """See `Leases.renew`."""
    found = await database.rows(_RENEW, {"owner": owner, "until": until})
    return {run_id for (run_id,) in found}
