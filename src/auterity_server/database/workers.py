"""Which workers live, told by their heartbeats, and which step types they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.database.tables.workers import workers

BEAT = 10_000
"""A worker tells every so many milliseconds that it lives."""

SILENCE = 3 * BEAT
"""One that has been silent for longer is taken for dead."""


class LiveWorker(Struct, frozen=True):
    """A process that carries out steps. Times are milliseconds since 1970.

    `step_types` are a project's own by name, each with the digest of its declaration (`auterity_sdk.steps.declared`).
    `has_built_in`: it carries out those that come with Auterity too. `queues`: it makes attempts of these alone.
    It works for the organisation of that id, or for all, if it is empty.
    """

    id: str
    has_built_in: bool
    started_at: int
    seen_at: int
    step_types: Mapping[str, str] = {}
    queues: Sequence[str] = ()
    organisation_id: str = ""

    def has(self, step_type: str, digest: str) -> bool:
        """Whether it carries out steps of a project's own type that is declared so."""
        return self.step_types.get(step_type) == digest


async def beat(connection: AsyncConnection, worker: LiveWorker) -> None:
    """Say that a worker lives, and what it has."""
    row = asdict(worker)
    row["queues"] = list(worker.queues)
    done = await connection.execute(update(workers).where(workers.c.id == worker.id).values(row))
    if done.rowcount == 0:
        await connection.execute(insert(workers).values(row))


async def gone(connection: AsyncConnection, id: str) -> None:
    """A worker has ended."""
    await connection.execute(delete(workers).where(workers.c.id == id))


async def living(connection: AsyncConnection, now: int, organisation: str = "") -> list[LiveWorker]:
    """The workers that live, the one that began first before the others; those of an organisation, if it is given."""
    query = select(
        workers.c.id,
        workers.c.has_built_in,
        workers.c.started_at,
        workers.c.seen_at,
        workers.c.step_types,
        workers.c.queues,
        workers.c.organisation_id,
    ).where(workers.c.seen_at > now - SILENCE)
    if organisation:
        query = query.where(workers.c.organisation_id.in_(("", organisation)))
    query = query.order_by(workers.c.started_at, workers.c.id)
    return [LiveWorker(*row) for row in await connection.execute(query)]


async def forget_dead(connection: AsyncConnection, now: int) -> None:
    """Forget workers that have been silent for long."""
    await connection.execute(delete(workers).where(workers.c.seen_at <= now - 10 * SILENCE))
