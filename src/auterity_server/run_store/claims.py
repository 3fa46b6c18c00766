"""The claims to locks, queues and turns in PostgreSQL. Whoever changes those of a key is alone with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auterity_sdk.errors import AlreadyStarted, RunRejected, TurnLost
from auterity_sdk.runtime.ports import POINT, Claims, Holder, Turn
from auterity_server.run_store.bound import Bound

_ALONE = """SELECT pg_advisory_xact_lock(hashtextextended(%(environment)s || ' ' || key, 0))
    FROM (SELECT key FROM unnest(%(keys)s::text[]) AS asked(key)
    UNION SELECT key FROM run_claims WHERE environment_id = %(environment)s AND run_id = %(run)s
        AND step = ANY(%(taken)s::text[])
    ORDER BY key) AS keys"""
"""In one order everywhere, so that none waits for another in a circle."""

_RECENT = """SELECT {} FROM run_queue_starts AS begun WHERE begun.environment_id = claims.environment_id
    AND begun.key = claims.key AND begun.at > %(now)s - claims.per AND begun.at <= %(now)s"""
_HELD = """SELECT count(*) FROM run_claims AS held WHERE held.environment_id = claims.environment_id
    AND held.key = claims.key AND held.taken"""
_BEFORE = """SELECT count(*) FROM run_claims AS before WHERE before.environment_id = claims.environment_id
    AND before.key = claims.key AND NOT before.taken
    AND (before.rank, before.ticket) < (claims.rank, claims.ticket)"""
_HAS_PLACE = f"({_HELD}) + ({_BEFORE}) < claims.slots"
_HAS_RATE = f"""(claims.rate IS NULL
    OR ({_BEFORE}) < claims.rate - ({_RECENT.format("count(*)")}))"""

_FIRST = 100
"""So many of those that wait for one key are looked at; the others come after them."""

_NEXT_KEY = (
    """(SELECT min(key) FROM run_claims WHERE environment_id = %(environment)s AND NOT taken{})"""
)
NEXT_IN_TURN = f"""WITH RECURSIVE asked(key) AS (SELECT {_NEXT_KEY.format("")}
    UNION ALL SELECT {_NEXT_KEY.format(" AND key > asked.key")} FROM asked WHERE asked.key IS NOT NULL)
    SELECT claims.run_id FROM asked CROSS JOIN LATERAL (SELECT * FROM run_claims AS next
        WHERE next.environment_id = %(environment)s AND next.key = asked.key AND NOT next.taken
        ORDER BY next.rank, next.ticket LIMIT {_FIRST}) AS claims
    WHERE {_HAS_PLACE} AND {_HAS_RATE}
    AND (%(queues)s::text[] IS NULL OR claims.queue = ANY(%(queues)s::text[]))"""
"""The runs with a step whose turn it is, and which has not taken it yet."""

_TURNS = f"""SELECT step, {_HAS_PLACE}, {_HAS_RATE},
    coalesce(({_RECENT.format("min(begun.at)")}), %(now)s) + per,
    (SELECT first.run_id FROM run_claims AS first WHERE first.environment_id = claims.environment_id
        AND first.key = claims.key ORDER BY first.taken DESC, first.rank, first.ticket LIMIT 1)
    FROM run_claims AS claims
    WHERE environment_id = %(environment)s AND run_id = %(run)s AND NOT taken"""
"""The steps of a run that wait: whether there is a place, whether the rate lets them, when it does, and who is first."""

AHEAD = """SELECT before.run_id FROM run_claims AS claims JOIN run_claims AS before
    ON before.environment_id = claims.environment_id AND before.key = claims.key
    AND (NOT before.taken, before.rank, before.ticket) < (NOT claims.taken, claims.rank, claims.ticket)
    WHERE claims.environment_id = %(environment)s AND claims.run_id = %(run)s AND claims.step = ''
    ORDER BY before.taken DESC, before.rank, before.ticket"""

_HOLDERS = """SELECT claims.step, claims.ticket, claims.slots, held.run_id, held.step FROM run_claims AS claims
    JOIN run_claims AS held ON held.environment_id = claims.environment_id AND held.key = claims.key AND held.taken
    WHERE claims.environment_id = %(environment)s AND claims.run_id = %(run)s
    AND NOT claims.taken AND claims.queue = ''"""

_ASK = """INSERT INTO run_claims (environment_id, key, run_id, step, slots, queue, rate, per, asked, rank)
    SELECT %(environment)s, %(key)s, %(run)s, %(step)s, %(slots)s, %(queue)s, %(rate)s::bigint, %(per)s,
    asked, asked - %(sooner)s FROM (SELECT greatest(%(at)s::bigint, (SELECT asked FROM run_claims
        WHERE environment_id = %(environment)s AND key = %(key)s ORDER BY ticket DESC LIMIT 1)) AS asked) AS last"""

_LIMIT = """UPDATE run_claims SET slots = %(slots)s, rate = %(rate)s::bigint, per = %(per)s
    WHERE environment_id = %(environment)s AND key = %(key)s
    AND (slots, per) <> (%(slots)s, %(per)s) OR environment_id = %(environment)s AND key = %(key)s
    AND rate IS DISTINCT FROM %(rate)s::bigint"""
"""Settings that were changed count for all that is in the queue."""

_LEAVE = """DELETE FROM run_claims WHERE environment_id = %(environment)s AND run_id = %(run)s
    AND step = ANY(%(left)s::text[]) AND queue <> ''"""
_RELEASE = """DELETE FROM run_claims WHERE environment_id = %(environment)s AND run_id = %(run)s
    AND step = ANY(%(released)s::text[])"""
_TAKE = """UPDATE run_claims SET taken = true
    WHERE environment_id = %(environment)s AND run_id = %(run)s AND step = ANY(%(steps)s::text[])"""
_FORGET = """DELETE FROM run_queue_starts USING run_claims AS claims
    WHERE claims.environment_id = %(environment)s AND claims.run_id = %(run)s AND claims.step = ANY(%(steps)s::text[])
    AND NOT claims.taken AND claims.rate IS NOT NULL AND run_queue_starts.environment_id = claims.environment_id
    AND run_queue_starts.key = claims.key AND run_queue_starts.at <= %(at)s - claims.per"""
_BEGIN = """INSERT INTO run_queue_starts (environment_id, key, at)
    SELECT environment_id, key, %(at)s FROM run_claims WHERE environment_id = %(environment)s
    AND run_id = %(run)s AND step = ANY(%(steps)s::text[]) AND NOT taken AND rate IS NOT NULL"""
_START = """INSERT INTO run_starts AS known (environment_id, key, run_id, at)
    VALUES (%(environment)s, %(once)s, %(run)s, %(at)s)
    ON CONFLICT (environment_id, key) DO UPDATE SET run_id = excluded.run_id, at = excluded.at
    WHERE known.at < %(since)s"""
_STARTED = "SELECT run_id FROM run_starts WHERE environment_id = %(environment)s AND key = %(once)s"
_ROOM = "SELECT count(*) FROM run_claims WHERE environment_id = %(environment)s AND key = %(key)s"

_ANY = 1 << 62
"""The slots of a queue without a limit."""


async def turns(bound: Bound, run_id: str, now: int) -> dict[str, Turn]:
    """See `Locks.turns`."""
    found = await bound.rows(_TURNS, {"run": run_id, "now": now})
    return {step: _turn(*rest) for step, *rest in found}


def _turn(has_place: bool, has_rate: bool, at: int, first: str) -> Turn:
    if not has_place:
        return Turn(first)
    return Turn() if has_rate else Turn(at=at)


async def holders(bound: Bound, run_id: str) -> list[Holder]:
    """See `Locks.holders`."""
    return [Holder(*row) for row in await bound.rows(_HOLDERS, {"run": run_id})]


async def be_alone(bound: Bound, run_id: str, claims: Claims) -> None:
    """Let nobody else change the claims of these keys until the transaction's end."""
    keys = [*claims.asked.values(), *(queue.key for queue in claims.queued.values())]
    if keys or claims.taken:
        await bound.rows(_ALONE, {"run": run_id, "keys": keys, "taken": list(claims.taken)})


async def change_claims(bound: Bound, run_id: str, claims: Claims) -> None:
    """Enter and strike claims, as part of a transaction that is alone with their keys.

    Raises `AlreadyStarted`, `RunRejected` and `TurnLost`.
    """
    values = {"run": run_id, "at": claims.at}
    if claims.once:
        await _start_once(bound, run_id, claims)
    if claims.reject:
        await _find_room(bound, claims)
    if claims.taken:
        await _take(bound, run_id, claims)
    if claims.left:
        await bound.change(_LEAVE, values | {"left": list(claims.left)})
    for asked in _asked(run_id, claims):
        await bound.change(_ASK, asked)
        if asked["queue"]:
            await bound.change(_LIMIT, asked)
    if claims.released:
        await bound.change(_RELEASE, values | {"released": list(claims.released)})


async def _take(bound: Bound, run_id: str, claims: Claims) -> None:
    known = await turns(bound, run_id, claims.at)
    taken = [step for step in claims.taken if step in known]
    lost = [step for step in taken if not known[step].is_now]
    if lost:
        raise TurnLost(lost)
    values = {"run": run_id, "steps": taken, "at": claims.at}
    for statement in (_FORGET, _BEGIN, _TAKE):
        await bound.change(statement, values)


def _asked(run_id: str, claims: Claims) -> Iterator[dict[str, Any]]:
    own = {"run": run_id, "at": claims.at, "sooner": POINT * claims.priority}
    for step, key in claims.asked.items():
        slots = 1 if step else claims.slots
        yield own | {"key": key, "step": step, "slots": slots, "queue": "", "rate": None, "per": 0}
    for step, queue in claims.queued.items():
        slots = _ANY if queue.slots is None else queue.slots
        limits = {"slots": slots, "queue": queue.name, "rate": queue.rate, "per": queue.per}
        yield own | limits | {"key": queue.key, "step": step}


async def _start_once(bound: Bound, run_id: str, claims: Claims) -> None:
    values = {"run": run_id, "once": claims.once, "at": claims.at, "since": claims.since}
    if not await bound.change(_START, values):
        raise AlreadyStarted((await bound.rows(_STARTED, values))[0][0])


async def _find_room(bound: Bound, claims: Claims) -> None:
    found = await bound.rows(_ROOM, {"key": claims.asked[""]})
    if found[0][0] >= claims.slots:
        raise RunRejected(f"{found[0][0]} runs of the same key go on")
