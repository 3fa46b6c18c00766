"""Writing down who did what, and reading it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextvars import Context
from typing import Any

from msgspec import Struct
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.database.database import Database
from auterity_server.database.tables.audit import audit


async def record(
    connection: AsyncConnection,
    *,
    organisation_id: str,
    at: int,
    actor: str,
    action: str,
    noun: str = "",
    environment_id: str = "",
    **details: Any,
) -> None:
    """Write an entry, in the transaction of what it tells of.

    `actor` is the id of a user or an API key, `action` a verb on a noun such as `workflows:push`, `noun` what it was
    done to. No customer's data and no secret may be among the details.
    """
    await connection.execute(
        insert(audit).values(
            organisation_id=organisation_id,
            at=at,
            actor=actor,
            action=action,
            environment_id=environment_id,
            noun=noun,
            details=details,
        )
    )


class AuditLog:
    """Writes entries of their own, each in no transaction of what it tells of. Requests that come at once share one
    transaction for theirs, and each of them waits for its end: one wait for the disk serves all."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[dict[str, Any], asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def record(
        self,
        *,
        organisation_id: str,
        at: int,
        actor: str,
        action: str,
        noun: str = "",
        environment_id: str = "",
        **details: Any,
    ) -> None:
        """Write an entry; it is kept once this returns. See `record`."""
        written = asyncio.get_running_loop().create_future()
        entry = {
            "organisation_id": organisation_id,
            "at": at,
            "actor": actor,
            "action": action,
            "environment_id": environment_id,
            "noun": noun,
            "details": details,
        }
        self._waiting.append((entry, written))
        if self._writer is None:
            # Not in the context of the request that came first, whose ids the log would tell for the others.
            self._writer = asyncio.create_task(self._write_all(), context=Context())
        await written

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                part, self._waiting = self._waiting, []
                await self._write(part)
        finally:
            self._writer = None

    async def _write(self, part: Sequence[tuple[dict[str, Any], asyncio.Future[None]]]) -> None:
        failed: BaseException | None = None
        try:
            async with self._database.writing() as connection:
                await connection.execute(insert(audit), [entry for entry, _ in part])
        except BaseException as error:
            failed = error
            if not isinstance(error, Exception):
                raise
        finally:
            for _, written in part:
                if written.done():  # whoever waited has gone
                    continue
                if failed is None:
                    written.set_result(None)
                elif isinstance(failed, Exception):
                    written.set_exception(failed)
                else:
                    written.cancel()


class Entry(Struct, frozen=True):
    """An entry; `seq` counts those of the whole server."""

    seq: int
    at: int
    actor: str
    action: str
    environment_id: str
    noun: str
    details: Mapping[str, Any]


async def entries(
    connection: AsyncConnection, organisation_id: str, after: int, limit: int
) -> list[Entry]:
    """The entries of an organisation behind that one, in order."""
    query = select(
        audit.c.seq,
        audit.c.at,
        audit.c.actor,
        audit.c.action,
        audit.c.environment_id,
        audit.c.noun,
        audit.c.details,
    ).where(audit.c.organisation_id == organisation_id, audit.c.seq > after)
    rows: Any = await connection.execute(query.order_by(audit.c.seq).limit(limit))
    return [Entry(*row) for row in rows]
