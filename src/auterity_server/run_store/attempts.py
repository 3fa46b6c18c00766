"""The attempts that are carried out elsewhere, in PostgreSQL: a claim and a result are a round trip each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from auterity_sdk.runtime.carrying import AttemptLease, Begun, ClaimedAttempt
from auterity_sdk.runtime.ports import Claims
from auterity_server.run_store.bound import Bound, Values
from auterity_server.run_store.firings import PostgresFirings

_MINE = "environment_id = %(environment)s"
_FIELDS = "run_id, step, attempt, queue, fence, owner, until, stopping"
_WHICH = f"{_MINE} AND run_id = %(run)s AND step = %(step)s AND attempt = %(attempt)s"
_HELD = f"{_WHICH} AND fence = %(fence)s AND owner = %(owner)s"

IS_OF = f"""EXISTS (SELECT 1 FROM run_attempts AS held WHERE held.{_MINE} AND held.run_id = %(run)s
    AND held.step = %(of_step)s AND held.attempt = %(of_attempt)s AND held.fence = %(of_fence)s
    AND held.owner = %(of_owner)s AND (NOT %(of_silent)s OR held.until = %(of_until)s))"""
"""What is appended comes of an attempt that its holder still has, or has not kept."""

_INSERT = """INSERT INTO run_attempts (environment_id, run_id, step, attempt, queue, fence, owner, until, sent)
    SELECT %(environment)s, %(run)s, step, attempt, queue, %(expected)s + %(more)s, owner, until, sent FROM head,
    unnest(%(steps)s::text[], %(attempts)s::bigint[], %(queues)s::text[], %(owners)s::text[],
        %(untils)s::bigint[], %(sents)s::bigint[]) AS given(step, attempt, queue, owner, until, sent)
    ON CONFLICT (environment_id, run_id, step) DO UPDATE SET attempt = excluded.attempt,
    queue = excluded.queue, fence = excluded.fence, owner = excluded.owner, until = excluded.until,
    sent = excluded.sent, stopping = false"""

CHANGE = f""", over_attempts AS (DELETE FROM run_attempts USING head
    WHERE {_MINE} AND run_id = %(run)s AND step = ANY(%(ended)s::text[])),
    begun AS ({_INSERT})"""
"""What an append changes of its run's attempts, as a part of its statement."""

DUE_SOONER = f""", sooner AS (UPDATE runs SET due = least(coalesce(due, %(sooner)s), %(sooner)s) FROM head
    WHERE {_MINE} AND run_id = %(run)s AND (due IS NULL OR due > %(sooner)s))"""
ALL_OVER = f""", gone AS (DELETE FROM run_attempts USING head WHERE {_MINE} AND run_id = %(run)s)"""

_CLAIM = f"""WITH mine AS (UPDATE run_attempts SET owner = %(owner)s, until = %(until)s
    WHERE {_WHICH} AND owner = '' RETURNING {_FIELDS})
    SELECT {_FIELDS}, (SELECT length FROM run_heads WHERE {_MINE} AND run_id = %(run)s) FROM mine"""
_KEEP = f"UPDATE run_attempts SET until = %(until)s WHERE {_HELD}"
_OF_RUN = f"""SELECT {_FIELDS} FROM run_attempts
    WHERE {_MINE} AND run_id = %(run)s AND (%(owner)s = '' OR owner = %(owner)s)"""
_OF_OWNER = (
    f"SELECT {_FIELDS} FROM run_attempts WHERE {_MINE} AND owner = %(owner)s AND owner <> ''"
)
_DROP = f"DELETE FROM run_attempts WHERE {_HELD} RETURNING 1"
_GIVE_BACK = (
    f"UPDATE run_attempts SET owner = '', until = 0, sent = %(now)s WHERE {_HELD} RETURNING 1"
)
_WITHDRAW = f"DELETE FROM run_attempts WHERE {_WHICH} AND owner = '' RETURNING 1"
_STOP = f"UPDATE run_attempts SET stopping = true WHERE {_WHICH} RETURNING 1"
_UNCLAIMED = f"""SELECT queue, count(*) FROM run_attempts
    WHERE {_MINE} AND owner = '' AND sent <= %(before)s GROUP BY queue"""
_SEND_AGAIN = f"""WITH found AS MATERIALIZED (SELECT run_id AS run, step AS at FROM run_attempts
    WHERE {_MINE} AND queue = %(queue)s AND owner = '' AND sent <= %(before)s
    ORDER BY sent LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    UPDATE run_attempts SET sent = %(now)s FROM found
    WHERE {_MINE} AND run_id = found.run AND step = found.at AND owner = '' RETURNING {_FIELDS}"""
_OVERDUE = f"""SELECT {_FIELDS} FROM run_attempts
    WHERE {_MINE} AND owner <> '' AND until <= %(now)s LIMIT %(most)s"""


def values_of(claims: Claims) -> Values:
    """What `CHANGE`, `DUE_SOONER` and `IS_OF` are given."""
    # A statement changes a line once: one that ends and begins anew is written over.
    begun = {each.step for each in claims.begun}
    ended = sorted({*claims.ended} - begun)
    values = {"ended": ended, "sooner": claims.due, **_begun(claims.begun)}
    return values if claims.of is None else values | _of(claims.of)


def _of(lease: AttemptLease) -> dict[str, Any]:
    return {
        "of_step": lease.step,
        "of_attempt": lease.attempt,
        "of_fence": lease.fence,
        "of_owner": lease.owner,
        "of_until": lease.until,
        "of_silent": lease.silent,
    }


def _begun(begun: Sequence[Begun]) -> dict[str, Any]:
    return {
        "steps": [each.step for each in begun],
        "attempts": [each.attempt for each in begun],
        "queues": [each.queue for each in begun],
        "owners": [each.owner for each in begun],
        "untils": [each.until for each in begun],
        "sents": [each.at for each in begun],
    }


def _place(lease: AttemptLease) -> dict[str, Any]:
    return {
        "run": lease.run_id,
        "step": lease.step,
        "attempt": lease.attempt,
        "fence": lease.fence,
        "owner": lease.owner,
    }


async def is_held(bound: Bound, lease: AttemptLease) -> bool:
    """Whether a holder still has its attempt."""
    query = f"SELECT until FROM run_attempts WHERE {_HELD}"
    found = await bound.rows(query, _place(lease))
    return bool(found) and not (lease.silent and found[0][0] != lease.until)


class PostgresAttempts(PostgresFirings):
    """See `Attempts`."""

    async def claim_attempt(
        self, run_id: str, step: str, attempt: int, owner: str, until: int
    ) -> ClaimedAttempt | None:
        """See `Attempts.claim_attempt`."""
        which = {"run": run_id, "step": step, "attempt": attempt}
        found = await self._database.rows(_CLAIM, {**which, "owner": owner, "until": until})
        return ClaimedAttempt(AttemptLease(*found[0][:-1]), found[0][-1] or 0) if found else None

    async def keep_attempts(self, leases: Sequence[AttemptLease], until: int) -> None:
        """See `Attempts.keep_attempts`."""

        async def work(bound: Bound) -> None:
            # In one order, so that no two wait for each other.
            places = sorted((_place(each) for each in leases), key=lambda each: str(each))
            await bound.change_all(_KEEP, [{**each, "until": until} for each in places])

        await self._database.transaction(work)

    async def attempts(self, *, owner: str = "", run_id: str = "") -> list[AttemptLease]:
        """See `Attempts.attempts`."""
        query = _OF_RUN if run_id else _OF_OWNER
        found = await self._database.rows(query, {"owner": owner, "run": run_id})
        return [AttemptLease(*row) for row in found]

    async def drop_attempt(self, lease: AttemptLease) -> None:
        """See `Attempts.drop_attempt`."""
        await self._database.rows(_DROP, _place(lease))

    async def give_back_attempt(self, lease: AttemptLease, now: int) -> None:
        """See `Attempts.give_back_attempt`."""
        await self._database.rows(_GIVE_BACK, {**_place(lease), "now": now})

    async def withdraw_attempt(self, run_id: str, step: str, attempt: int) -> bool | None:
        """See `Attempts.withdraw_attempt`."""
        values = {"run": run_id, "step": step, "attempt": attempt}

        async def work(bound: Bound) -> bool | None:
            if await bound.rows(_WITHDRAW, values):
                return True
            return False if await bound.rows(_STOP, values) else None

        return await self._database.transaction(work)

    async def unclaimed(self, before: int) -> dict[str, int]:
        """See `Attempts.unclaimed`."""
        return dict(await self._database.rows(_UNCLAIMED, {"before": before}))

    async def send_again(self, queue: str, before: int, now: int, limit: int) -> list[AttemptLease]:
        """See `Attempts.send_again`."""
        values = {"queue": queue, "before": before, "now": now, "most": limit}
        return [AttemptLease(*row) for row in await self._database.rows(_SEND_AGAIN, values)]

    async def overdue(self, now: int, limit: int) -> list[AttemptLease]:
        """See `Attempts.overdue`."""
        values = {"now": now, "most": limit}
        return [AttemptLease(*row) for row in await self._database.rows(_OVERDUE, values)]
