"""The database for what changes rights: who asked a moment ago is remembered, until anybody's rights change."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.access.principal import Principal
from auterity_server.database.database import Database

REMEMBERED = 5_000
"""Milliseconds after which one is asked for again: so long may a change take to count that another process made."""
_MOST = 10_000


class _Remembered(Struct, frozen=True):
    principal: Principal
    until: int


class Rights:
    """Transactions, and the principals that were found of late. A change in this process counts at once."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._database = database
        self._now = now
        self._known: dict[str, _Remembered] = {}
        self._changes = 0

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection to read with."""
        return self._database.reading()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction at whose end nobody is remembered."""
        try:
            async with self._database.writing() as connection:
                yield connection
        finally:
            self.forget()

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
