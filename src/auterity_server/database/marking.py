"""A request's mark: a row that is written in the transaction of the request's first effect, so that both count or none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection


class Mark(Protocol):
    """That of a request that counts once."""

    @property
    def is_due(self) -> bool:
        """Whether this transaction is the first of the request: tasks that it began have none."""
        ...

    async def make(self, connection: AsyncConnection) -> None:
        """Write it. Raises where the same request has one, which ends the transaction."""
        ...

    def made(self) -> None:
        """The transaction is about to count."""
        ...


MARK: ContextVar[Mark | None] = ContextVar("auterity_mark", default=None)


@asynccontextmanager
async def marked(connection: AsyncConnection) -> AsyncIterator[AsyncConnection]:
    """The connection, with the mark of the request in its transaction where one is due."""
    mark = MARK.get()
    if mark is None or not mark.is_due:
        yield connection
        return
    await mark.make(connection)
    yield connection
    mark.made()
