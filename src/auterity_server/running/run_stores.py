"""The stores of runs: one for each environment, so that no query can reach another's."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Protocol

from auterity_sdk.errors import InternalError
from auterity_sdk.runtime.ports import Store
from auterity_sdk.runtime.project import STORE_FILE, STORE_FOLDER
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_server.run_store.bells import Bell, Bells
from auterity_server.run_store.rung_sqlite import RungSqliteStore

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

Told = Callable[[], None]


class RunStores(Protocol):
    """Gives the store of an environment's runs. `shared`: other processes may have some that this one does not know."""

    @property
    def shared(self) -> bool:
        """Whether other processes may write to them."""
        ...

    def of(self, environment_id: str) -> Store:
        """The store, the same each time."""
        ...

    def watch(self, environment_id: str, *, wrote: Told, deployed: Told) -> None:
        """Call these when another process has written something that is due, or has deployed something."""
        ...

    def tell_deployed(self, environment_id: str) -> None:
        """Let the other processes know that something else is live."""
        ...

    def bell(self, environment_id: str) -> AbstractContextManager[Bell]:
        """A bell that is rung when something is recorded there, by this process, and by others as far as they tell."""
        ...

    async def with_runs(self) -> list[str]:
        """The environments that have runs, by their ids."""
        ...

    async def close(self) -> None:
        """Close all that were given."""
        ...


class SqliteRunStores:
    """A SQLite file for each environment, in a folder of its own. Only this process has them."""

    shared = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, SqliteStore] = {}
        self.bells = Bells()

    def folder(self, environment_id: str) -> Path:
        """The folder of an environment. Raises `InternalError` for what is no id: it would name another file."""
        if not _ID.fullmatch(environment_id):
            raise InternalError("an environment's id is not as this server makes them")
        return self._folder / environment_id

    def of(self, environment_id: str) -> Store:
        """See `RunStores.of`."""
        if environment_id not in self._open:
            file = self.folder(environment_id) / STORE_FOLDER / STORE_FILE
            ring = partial(self.bells.ring, environment_id)
            self._open[environment_id] = RungSqliteStore(file, ring)
        return self._open[environment_id]

    def watch(self, environment_id: str, *, wrote: Told, deployed: Told) -> None:
        """See `RunStores.watch`. There is no other process."""

    def tell_deployed(self, environment_id: str) -> None:
        """See `RunStores.tell_deployed`. There is no other process."""

    def bell(self, environment_id: str) -> AbstractContextManager[Bell]:
        """See `RunStores.bell`."""
        return self.bells.bell(environment_id)

    async def with_runs(self) -> list[str]:
        """See `RunStores.with_runs`."""
        return sorted(found.parent.name for found in self._folder.glob(f"*/{STORE_FOLDER}"))

    async def close(self) -> None:
        """See `RunStores.close`."""
        for store in self._open.values():
            store.close()
        self._open.clear()
