"""The stores of all environments in one PostgreSQL database, which any number of processes share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from auterity_sdk.runtime.following import PAUSE
from auterity_sdk.runtime.ports import Store
from auterity_server.run_store.bells import Bell, Bells
from auterity_server.run_store.bound import EnvironmentDatabase
from auterity_server.run_store.connections import Connection, Connections
from auterity_server.run_store.notices import NoticeBoard
from auterity_server.run_store.postgres_store import PostgresStore

if TYPE_CHECKING:
    from auterity_server.run_store.redis_channel import RedisChannel

_NET = 1.0
"""Seconds between two looks of a stream that is woken by Redis: the net for what is not told."""

_WITH_RUNS = b"""WITH RECURSIVE found(id) AS (SELECT min(environment_id) FROM run_heads
    UNION ALL SELECT (SELECT min(environment_id) FROM run_heads WHERE environment_id > found.id)
    FROM found WHERE found.id IS NOT NULL) SELECT id FROM found WHERE id IS NOT NULL"""
"""Read off the index, an environment at a time."""

_NOW = b"SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"


class PostgresRunStores:
    """See `RunStores`. The event loop is the one in which it is used first."""

    shared = True

    def __init__(self, url: str, broker_url: str = "") -> None:
        self._connections = Connections(url)
        self.bells = Bells(_NET if broker_url else PAUSE)
        self._channel = _channel(broker_url, self.bells) if broker_url else None
        self._board = NoticeBoard(self._connections, self._recorded)
        self._open: dict[str, PostgresStore] = {}

    def of(self, environment_id: str) -> Store:
        """See `RunStores.of`."""
        self._board.start()
        if environment_id not in self._open:
            database = EnvironmentDatabase(self._connections, environment_id)
            self._open[environment_id] = PostgresStore(database, self._board.of(environment_id))
        return self._open[environment_id]

    def _recorded(self, environment_id: str, run_id: str, length: int) -> None:
        self.bells.ring(environment_id)
        if self._channel is not None and run_id:
            self._channel.tell(environment_id, run_id, length)

    def bell(self, environment_id: str) -> AbstractContextManager[Bell]:
        """See `RunStores.bell`. Over Redis all are heard; without, those that PostgreSQL carries."""
        if self._channel is not None:
            self._channel.listen()
        return self.bells.bell(environment_id)

    def watch(
        self, environment_id: str, *, wrote: Callable[[], None], deployed: Callable[[], None]
    ) -> None:
        """See `RunStores.watch`."""
        notices = self._board.of(environment_id)
        notices.wrote, notices.deployed = wrote, deployed

    def tell_deployed(self, environment_id: str) -> None:
        """See `RunStores.tell_deployed`."""
        self._board.start()
        self._board.of(environment_id).tell_deployed()

    async def with_runs(self) -> list[str]:
        """See `RunStores.with_runs`."""
        return [str(found) for (found,) in await self._connections.do(_with_runs)]

    async def now(self) -> int:
        """The database's time, in milliseconds since 1970."""
        return await self._connections.do(_now)

    async def close(self) -> None:
        """See `RunStores.close`. What is still to be told is told first."""
        await self._board.close()
        if self._channel is not None:
            await self._channel.close()
        await self._connections.close()


def _channel(url: str, bells: Bells) -> RedisChannel:
    from auterity_server.run_store.redis_channel import RedisChannel  # an extra brings it

    return RedisChannel(url, bells)


async def _with_runs(connection: Connection) -> list[tuple[object]]:
    return await (await connection.execute(_WITH_RUNS)).fetchall()


async def _now(connection: Connection) -> int:
    found = await (await connection.execute(_NOW)).fetchone()
    return int(found[0]) if found else 0
