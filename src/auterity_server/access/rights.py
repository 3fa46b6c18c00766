"""The database for what changes rights: who asked a moment ago is remembered, until anybody's rights change.

Processes that share a Redis tell one another of changes by a stamp there: a random text, which each change replaces. The
answer by which a request is counted bears it, so that it costs no question of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.access.principal import Principal
from auterity_server.database.database import Database

REMEMBERED = 5_000
"""Milliseconds after which one is asked for again: so long may a change of another process take to count where no word
of it came."""
_MOST = 10_000


class Stamp(Protocol):
    """What tells other processes that rights have changed."""

    async def renew(self) -> None:
        """Tell them, now. Nothing is raised where they cannot be told."""

    async def close(self) -> None:
        """End what it is connected with."""


class _Remembered(Struct, frozen=True):
    principal: Principal
    until: int


class Rights:
    """Transactions, and the principals that were found of late. A change in this process counts at once; with a
    `stamp`, so does one of another."""

    def __init__(
        self, database: Database, now: Callable[[], int], stamp: Stamp | None = None
    ) -> None:
        self._database = database
        self._now = now
        self._stamp = stamp
        self._heard: bytes | None = None
        self._telling: set[asyncio.Task[None]] = set()
        self._known: dict[str, _Remembered] = {}
        self._changes = 0

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection to read with."""
        return self._database.reading()

    def noting(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction that changes nobody's rights."""
        return self._database.writing()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction at whose end nobody is remembered, here or by others."""
        try:
            async with self._database.writing() as connection:
                yield connection
        finally:
            self.forget()
            await self._tell()

    def heard(self, stamp: bytes) -> None:
        """Told of the stamp as it is now: another one than before means that rights have changed."""
        if stamp != self._heard:
            self._heard = stamp
            self.forget()

    async def close(self) -> None:
        """Let what is being told be told."""
        await asyncio.gather(*self._telling)
        if self._stamp is not None:
            await self._stamp.close()

    @property
    def changes(self) -> int:
        """How often rights changed: to be asked before a principal is looked up that shall be remembered."""
        return self._changes

    def remembered(self, name: str) -> Principal | None:
        """Who was found by that name a moment ago."""
        found = self._known.get(name)
        return found.principal if found is not None and found.until > self._now() else None

    def remember(self, name: str, principal: Principal, good_until: int, changes: int) -> None:
        """Keep who was looked up, unless rights have changed since `changes` was asked."""
        if changes != self._changes:
            return
        if len(self._known) >= _MOST:
            self._known.clear()
        until = min(good_until, self._now() + REMEMBERED)
        self._known[name] = _Remembered(principal, until)

    def forget(self) -> None:
        """Ask for everybody again."""
        self._changes += 1
        self._known.clear()

    async def _tell(self) -> None:
        """Tell the others, before who changed something is answered; to the end, though who asked has gone."""
        if self._stamp is None:
            return
        task = asyncio.create_task(self._stamp.renew())
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)
        await asyncio.shield(task)
