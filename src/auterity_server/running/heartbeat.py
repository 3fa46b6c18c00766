"""Tells the database that this process carries out steps, as long as it does."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from msgspec.structs import replace
from sqlalchemy.exc import SQLAlchemyError

from auterity_sdk.runtime.ports import Clock
from auterity_server.database.database import Database
from auterity_server.database.workers import BEAT, LiveWorker, beat, gone

_LOG = logging.getLogger("auterity.server")


async def tell_that_it_lives(
    worker: LiveWorker, database: Database, clock: Clock, stop: asyncio.Event
) -> None:
    """Beat until `stop` is set; then the worker is gone. A database that is away is told again later."""
    while not stop.is_set():
        try:
            async with database.writing() as connection:
                await beat(connection, replace(worker, seen_at=clock.now()))
        except SQLAlchemyError as error:
            _LOG.error("no heartbeat was written: %s", type(error).__name__)
        with suppress(TimeoutError):
            async with asyncio.timeout(BEAT / 1000):
                await stop.wait()
    with suppress(SQLAlchemyError):
        async with database.writing() as connection:
            await gone(connection, worker.id)
