"""Run stores in a PostgreSQL database of a test's own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from auterity_server.database.database import Database
from auterity_server.run_store.bound import EnvironmentDatabase
from auterity_server.run_store.connections import Connections
from auterity_server.run_store.notices import NoticeBoard
from auterity_server.run_store.postgres_store import PostgresStore


async def make_tables(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await database.close()


class StoresInPostgres:
    """Gives stores, each with connections of its own as another process would have, and closes them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._open: list[tuple[Connections, NoticeBoard]] = []

    def of(self, environment: str, patience: float = 10.0) -> PostgresStore:
        connections = Connections(self.url, most=4, patience=patience)
        board = NoticeBoard(connections)
        self._open.append((connections, board))
        return PostgresStore(EnvironmentDatabase(connections, environment), board.of(environment))

    def listening(self, environment: str) -> PostgresStore:
        """One that hears what others write."""
        store = self.of(environment)
        self._open[-1][1].start()
        return store

    async def close(self) -> None:
        for connections, board in self._open:
            await board.close()
            await connections.close()
        self._open.clear()

    def carry_out(self, check: Coroutine[Any, Any, None]) -> None:
        """The check in a loop, in which all stores are closed at its end."""

        async def all_of_it() -> None:
            try:
                await check
            finally:
                await self.close()

        asyncio.run(all_of_it())
