"""The one place in which a query of a run store gets its environment: none reaches another tenant's runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from auterity_sdk.errors import InternalError
from auterity_server.run_store.connections import Connection, Connections

T = TypeVar("T")
Row = tuple[Any, ...]
Values = Mapping[str, Any]

NO_VALUES: Values = MappingProxyType({})
ENVIRONMENT = "%(environment)s"
"""How a query names its environment. One that does not is refused before it is sent."""


class Bound:
    """A connection, as one environment sees it."""

    def __init__(self, connection: Connection, environment: str) -> None:
        self._connection = connection
        self._environment = environment

    async def rows(self, query: str, values: Values = NO_VALUES) -> list[Row]:
        """What a statement gives."""
        cursor = await self._connection.execute(*self._bound(query, values))
        return await cursor.fetchall()

    async def change(self, query: str, values: Values = NO_VALUES) -> int:
        """How many rows a statement has changed."""
        return (await self._connection.execute(*self._bound(query, values))).rowcount

    async def change_all(self, query: str, values: Sequence[Values]) -> None:
        """A statement for each of these values, sent together."""
        if values:
            all_of_them = [self._bound(query, each)[1] for each in values]
            async with self._connection.cursor() as cursor:
                await cursor.executemany(query.encode(), all_of_them)

    def _bound(self, query: str, values: Values) -> tuple[bytes, Values]:
        if ENVIRONMENT not in query:
            raise InternalError("a query of the run store names no environment")
        return query.encode(), {**values, "environment": self._environment}


class EnvironmentDatabase:
    """The database, as one environment sees it: single statements, and transactions."""

    def __init__(self, connections: Connections, environment: str) -> None:
        self._connections = connections
        self._environment = environment

    async def rows(self, query: str, values: Values = NO_VALUES) -> list[Row]:
        """What a statement gives, which is a transaction of its own. Raises `StoreUnavailable`."""

        async def work(bound: Bound) -> list[Row]:
            return await bound.rows(query, values)

        return await self.do(work)

    async def do(self, work: Callable[[Bound], Awaitable[T]]) -> T:
        """Each statement of the work is a transaction of its own. Raises `StoreUnavailable`."""

        async def all_of_it(connection: Connection) -> T:
            return await work(Bound(connection, self._environment))

        return await self._connections.do(all_of_it)

    async def transaction(self, work: Callable[[Bound], Awaitable[T]]) -> T:
        """All that the work does counts, or nothing where it raises. Raises `StoreUnavailable`."""

        async def all_of_it(connection: Connection) -> T:
            async with connection.transaction():
                return await work(Bound(connection, self._environment))

        return await self._connections.do(all_of_it)
