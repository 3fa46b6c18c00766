"""What a process has more where several share a database: stores in it, its time, and checks before it begins."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import datetime

from msgspec import Struct

from auterity_sdk.errors import ConfigurationError, StoreUnavailable
from auterity_sdk.runtime.clock import SystemClock
from auterity_sdk.runtime.seal import SealKey
from auterity_server.database.database import Database
from auterity_server.database.key_names import is_known_key
from auterity_server.run_store.database_clock import EVERY, DatabaseClock
from auterity_server.run_store.postgres_run_stores import PostgresRunStores
from auterity_server.settings import Settings

_LOG = logging.getLogger("auterity.server")


class Scaled(Struct, eq=False):
    """The parts that PostgreSQL brings."""

    database: Database
    stores: PostgresRunStores
    clock: DatabaseClock
    key: SealKey

    async def begin(self) -> None:
        """Be sure that the tables are those of this release, the key is that of the others, and the time the database's.

        Raises `StoreUnavailable`, `ConfigurationError`.
        """
        await self.database.must_fit()
        async with self.database.writing() as connection:
            if not await is_known_key(connection, self.key.fingerprint("the server's key")):
                raise ConfigurationError(
                    f"the database was sealed with another key than the one in {self.key.place}",
                    help="give all processes the same AUTERITY_SEAL_KEY, or the same data folder",
                )
        await self.clock.measure(self.stores.now)

    async def keep_time(self, stopping: asyncio.Event) -> None:
        """Ask the database for its time now and then."""
        while not stopping.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await stopping.wait()
                    return
            try:
                await self.clock.measure(self.stores.now)
            except StoreUnavailable as error:
                _LOG.error("the database's time: %s", error.message)


def scaled(settings: Settings, database: Database, key: SealKey) -> Scaled:
    """The parts of a process that shares its database."""
    clock = DatabaseClock(_shift(settings.now))
    return Scaled(
        database, PostgresRunStores(settings.database_url, settings.broker_url), clock, key
    )


def _shift(now: datetime | None) -> int:
    return 0 if now is None else SystemClock.starting_at(now).now() - SystemClock().now()
