"""The database: connections that read, and transactions that write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from auterity_sdk.connections.private_database import make_private
from auterity_sdk.errors import ConfigurationError, StoreUnavailable
from auterity_server.database.marking import marked
from auterity_server.database.migrations.run import Fit, finish, fit, migrate

T = TypeVar("T")

_SQLITE = "sqlite"
_POSTGRES = "postgresql"
_WRITES = "auterity_writes"
_ALONE = text("SELECT pg_advisory_xact_lock(8243017715522463)")
"""A number of this server's own: whoever has it is the only one that writes."""


class Database:
    """An engine. A transaction that writes is the only one, on SQLite and on PostgreSQL: what it has read stays true, and
    none fails half-way for another's sake."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._writing = self.engine.execution_options(**{_WRITES: True})
        self._alone = asyncio.Lock()
        self._is_postgres = self.engine.dialect.name == _POSTGRES
        one_view = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reading = self.engine.execution_options(**one_view if self._is_postgres else {})

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read with: one view of the data as long as it is open."""
        async with self._reading.connect() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: all that is done in it counts at its end, or nothing where an error leaves it."""
        if not self._is_postgres:
            async with self._writing.begin() as connection, marked(connection):
                yield connection
            return
        # First alone in this process: whoever waits for others would keep a connection from readers meanwhile.
        async with self._alone, self._writing.begin() as connection:
            await connection.execute(_ALONE)
            async with marked(connection):
                yield connection

    async def migrate(self) -> None:
        """Bring the tables to this release's form, both halves. Raises `StoreUnavailable`."""
        await self.begin_migration()
        await self.finish_migration()

    async def begin_migration(self) -> None:
        """Add what this release needs. Raises `StoreUnavailable` for a database of a later one."""
        await self._apply(_begin_if_it_fits)

    async def finish_migration(self) -> list[str]:
        """Drop what only earlier releases needed, and give the revisions. Raises `StoreUnavailable`."""
        return await self._apply(finish)

    async def must_fit(self) -> None:
        """Raise `StoreUnavailable` where the tables are not those that this release works on; it says what to do."""
        found = await self._apply(fit)
        _must_not_be_too_new(found)
        if found.to_begin:
            raise StoreUnavailable(
                f"the database is of an earlier release: {', '.join(found.to_begin)} is to be done",
                help="run: auterity server migrate --pre",
            )

    async def _apply(self, work: Callable[[Connection], T]) -> T:
        try:
            async with self.writing() as connection:
                return await connection.run_sync(work)
        except (DBAPIError, OSError) as error:
            raise StoreUnavailable(
                f"the database cannot be used ({type(error).__name__})",
                help="is AUTERITY_DATABASE_URL right, or is control.db of the data folder damaged?",
            ) from None

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


def _begin_if_it_fits(connection: Connection) -> None:
    _must_not_be_too_new(fit(connection))
    migrate(connection)


def _must_not_be_too_new(found: Fit) -> None:
    if found.too_new:
        raise StoreUnavailable(
            "the database is of a later release, which has dropped what this one needs",
            help="start that release, or restore a backup from before `auterity server migrate --post`",
        )


def _engine(url: str) -> AsyncEngine:
    try:
        made = make_url(url)
        if made.get_backend_name() == _POSTGRES:
            return create_async_engine(made, pool_pre_ping=True)
        if made.database and made.get_backend_name() == _SQLITE:
            make_private(Path(made.database))
        engine = create_async_engine(made, connect_args={"timeout": 30})
    except (ArgumentError, ImportError):
        # Not quoted: the URL may hold a password.
        raise ConfigurationError(
            "AUTERITY_DATABASE_URL is no URL of a database that is supported",
            help="leave it out, or write postgresql+psycopg://user:password@host/name "
            "(pip install 'auterity[scaled]') or sqlite+aiosqlite:////folder/control.db",
        ) from None
    event.listen(engine.sync_engine, "connect", _set_up)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _set_up(connection: Any, _: Any) -> None:
    # The driver would begin transactions by itself, too late for one that reads before it writes.
    connection.isolation_level = None
    try:
        with closing(connection.cursor()) as cursor:
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                cursor.execute(f"PRAGMA {pragma}")
    except BaseException:
        # Nobody else would: the pool has not taken it in yet. It holds a thread.
        connection.close()
        raise


def _begin(connection: Any) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
