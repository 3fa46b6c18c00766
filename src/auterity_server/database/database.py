"""The database: connections that read, and transactions that write."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from auterity_sdk.connections.private_database import make_private
from auterity_sdk.errors import ConfigurationError, StoreUnavailable
from auterity_server.database.migrations.run import migrate

_SQLITE = "sqlite"
_WRITES = "auterity_writes"


class Database:
    """An engine. On SQLite a transaction that writes begins alone, so that none fails half-way for another's sake."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._writing = self.engine.execution_options(**{_WRITES: True})

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read with: one view of the data as long as it is open."""
        async with self.engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: all that is done in it counts at its end, or nothing where an error leaves it."""
        async with self._writing.begin() as connection:
            yield connection

    async def migrate(self) -> None:
        """Bring the tables to this release's form. Raises `StoreUnavailable`."""
        try:
            async with self._writing.begin() as connection:
                await connection.run_sync(migrate)
        except (DBAPIError, OSError) as error:
            raise StoreUnavailable(
                f"the database cannot be used ({type(error).__name__})",
                help="is AUTERITY_DATABASE_URL right, or is control.db of the data folder damaged?",
            ) from None

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


def _engine(url: str) -> AsyncEngine:
    try:
        made = make_url(url)
        if made.get_backend_name() != _SQLITE:
            return create_async_engine(made, pool_pre_ping=True)
        if made.database:
            make_private(Path(made.database))
        engine = create_async_engine(made, connect_args={"timeout": 30})
    except (ArgumentError, ImportError):
        # Not quoted: the URL may hold a password.
        raise ConfigurationError(
            "AUTERITY_DATABASE_URL is no URL of a database that is supported",
            help="leave it out, or write sqlite+aiosqlite:////folder/control.db",
        ) from None
    event.listen(engine.sync_engine, "connect", _set_up)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _set_up(connection: Any, _: Any) -> None:
    # The driver would begin transactions by itself, too late for one that reads before it writes.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Any) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
