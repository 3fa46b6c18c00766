"""Connections to PostgreSQL for the stores of runs, which outlast a restart of it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus
from sqlalchemy.engine import make_url

from auterity_sdk.errors import StoreUnavailable, UsageError

T = TypeVar("T")
Connection = psycopg.AsyncConnection[tuple[Any, ...]]
Work = Callable[[Connection], Awaitable[T]]

MOST = 10
"""So many connections a process has at once, at most."""

PATIENCE = 10.0
"""Seconds for which a lost database is waited for: its restart is then a pause, and no failure."""

_PLANS = b"SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off"
"""A statement is planned once, by its indexes: planning takes many times as long as most of them do."""
_MOST_PREPARED = 500

_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5
_MOST_REPEATS = 10
_COMES_BACK = frozenset({"57P01", "57P02", "57P03", "53300"})
"""It is being stopped or started, or has no connection left."""


class Connections:
    """A pool for one event loop. `work` that is given to it is done in whole, or again where nothing of it has counted."""

    def __init__(self, url: str, *, most: int = MOST, patience: float = PATIENCE) -> None:
        self.conninfo = _conninfo(url)
        self._patience = patience
        self._idle: list[Connection] = []
        self._places = asyncio.Semaphore(most)
        self._closed = False

    async def do(self, work: Work[T]) -> T:
        """Give the work a connection, in autocommit. It is repeated where another transaction was in its way, and where the
        connection was lost: what it does must then find out by itself that it was done.

        Raises `StoreUnavailable`, and `UsageError` for a text that PostgreSQL does not keep.
        """
        ends, pause, repeats = time.monotonic() + self._patience, _FIRST_PAUSE, 0
        while True:
            try:
                async with self._connection() as connection:
                    return await work(connection)
            except (errors.SerializationFailure, errors.DeadlockDetected) as error:
                repeats += 1
                if repeats > _MOST_REPEATS:
                    raise _unavailable(error) from None
                await asyncio.sleep(random.uniform(0, 0.01 * repeats))  # noqa: S311 - no secret
            except psycopg.OperationalError as error:
                if time.monotonic() > ends or not _comes_back(error):
                    raise _unavailable(error) from None
                await self._forget_idle()
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            except (psycopg.DataError, UnicodeEncodeError):
                raise UsageError(
                    "a text holds a character that the database does not keep",
                    help="leave out the NUL character, and halves of surrogate pairs",
                ) from None
            except psycopg.Error as error:
                raise _unavailable(error) from None

    async def one(self) -> Connection:
        """A connection of one's own, in autocommit, to be closed by whoever asked."""
        made = await psycopg.AsyncConnection.connect(
            self.conninfo, autocommit=True, prepare_threshold=0
        )
        try:
            made.prepared_max = _MOST_PREPARED
            await made.execute(_PLANS, prepare=False)
        except BaseException:  # who waits for it may be cancelled, too
            await made.close()
            raise
        return made

    async def close(self) -> None:
        """Close all; those in use as soon as they are given back."""
        self._closed = True
        await self._forget_idle()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        async with self._places:
            connection = self._idle.pop() if self._idle else await self.one()
            try:
                yield connection
            finally:
                rests = connection.info.transaction_status == TransactionStatus.IDLE
                if rests and not connection.closed and not self._closed:
                    self._idle.append(connection)
                else:
                    await connection.close()

    async def _forget_idle(self) -> None:
        idle, self._idle = self._idle, []
        for connection in idle:
            await connection.close()


def _conninfo(url: str) -> str:
    made = make_url(url)
    told: dict[str, Any] = {
        "host": made.host,
        "port": made.port,
        "user": made.username,
        "password": made.password,
        "dbname": made.database,
        "application_name": "auterity",
        **made.query,
    }
    return make_conninfo("", **{name: each for name, each in told.items() if each is not None})


def _comes_back(error: psycopg.OperationalError) -> bool:
    """Without a code, the connection itself failed: refused, reset, or closed by a server that was killed."""
    return error.sqlstate is None or error.sqlstate in _COMES_BACK


def _unavailable(error: psycopg.Error) -> StoreUnavailable:
    # Its text may quote values of the statement.
    code = f", {error.sqlstate}" if error.sqlstate else ""
    return StoreUnavailable(
        f"the database of runs cannot be used ({type(error).__name__}{code})",
        help="does PostgreSQL run at AUTERITY_DATABASE_URL, and were its tables made by `auterity server migrate`?",
    )
