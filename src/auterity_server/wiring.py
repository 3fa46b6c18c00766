"""The composition root: the one file that names concrete classes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from auterity_sdk.errors import ConfigurationError
from auterity_sdk.runtime.clock import SystemClock
from auterity_sdk.runtime.ports import Clock
from auterity_sdk.runtime.seal_key import FILE, seal_key
from auterity_server.access.access import Access, make_access
from auterity_server.database.database import Database
from auterity_server.running.run_stores import RunStores, SqliteRunStores
from auterity_server.settings import Settings


@dataclass(eq=False)
class Wiring:
    """What one server process is made of. `stopping` is set when it has been told to stop."""

    settings: Settings
    clock: Clock
    database: Database
    run_stores: RunStores
    access: Access
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Ready for requests; at the end all is closed."""
        try:
            await self.database.migrate()
            await self.access.expiry.forget()
            yield
        finally:
            self.stopping.set()
            await self.access.sign_in.settled()
            self.run_stores.close()
            await self.database.close()


def wire(settings: Settings) -> Wiring:
    """The parts of the embedded server. Raises `ConfigurationError`."""
    make_private_folder(settings.data)
    folder = settings.data.resolve()
    clock = SystemClock()
    database = Database(settings.database)
    return Wiring(
        settings,
        clock,
        database,
        SqliteRunStores(folder / "environments"),
        make_access(settings, database, seal_key(FILE, folder), clock.now),
    )


def make_private_folder(folder: Path) -> None:
    """Make the data folder, readable by its owner only. Raises `ConfigurationError`."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = folder.stat().st_mode & 0o777
    except OSError as error:
        raise ConfigurationError(
            f"AUTERITY_DATA: the folder cannot be made ({(error.strerror or 'error').lower()})",
            help="name a folder that may be written",
        ) from None
    if mode & 0o077:
        raise ConfigurationError(
            f"AUTERITY_DATA: others may read the folder (mode {mode:o})",
            help="chmod 700 it: it holds customers' data and keys",
        )


def wiring_of(request: Request) -> Wiring:
    """The wiring of the application that serves the request."""
    wiring: Wiring = request.app.state.wiring
    return wiring


Wired = Annotated[Wiring, Depends(wiring_of)]
