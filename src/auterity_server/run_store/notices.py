"""Notices between processes that share a database: one has written what another may wait for."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress

import psycopg

from auterity_sdk.errors import StoreUnavailable
from auterity_server.run_store.connections import Connection, Connections

CHANNEL = "auterity_runs"
_TELL = (
    b"SELECT pg_notify(%(channel)s, told || ' ' || %(by)s) FROM unnest(%(told)s::text[]) AS told"
)
_APART = 0.005
"""Seconds between two notices of a process. The first goes out at once; what comes meanwhile goes out together."""
_AGAIN = 0.5
_WROTE, _DEPLOYED = "wrote", "deployed"


def _nothing() -> None:
    return None


Recorded = Callable[[str, str, int], None]
"""Told of an environment, a run and the length of its journal, where something was recorded; of another process's, only
the environment is known."""


def _nobody(*_: str | int) -> None:
    return None


class Notices:
    """The notices of one environment. `heard` counts those that came from other processes."""

    def __init__(self, board: NoticeBoard, environment: str) -> None:
        self._board = board
        self._environment = environment
        self.heard = 0
        self.wrote: Callable[[], None] = _nothing
        """Called when another process has written what somebody may wait for."""
        self.deployed: Callable[[], None] = _nothing
        """Called when another process has deployed something."""

    def recorded(self, run_id: str, length: int) -> None:
        """This process has recorded something: streams of events are woken."""
        self._board.recorded(self._environment, run_id, length)

    def tell(self) -> None:
        """Let other processes know, soon. It is not waited for, and not sent where the process dies before."""
        self._board.tell(f"{_WROTE} {self._environment}")

    def tell_deployed(self) -> None:
        """Let other processes know that something else is live."""
        self._board.tell(f"{_DEPLOYED} {self._environment}")

    def came(self, what: str) -> None:
        """Another process has told."""
        if what == _DEPLOYED:
            self.deployed()
        else:
            self.heard += 1
            self.wrote()
            self._board.recorded(self._environment, "", 0)

    def may_have_come(self) -> None:
        """Others may have told while nobody listened."""
        self.came(_DEPLOYED)
        self.came(_WROTE)


class NoticeBoard:
    """Listens for a process, and tells for it, on connections of its own.

    Not as part of the transactions that write: PostgreSQL lets transactions that notify commit one by one only, each
    waiting for the disk. What is not heard is found a moment later: workers look by themselves too.
    """

    def __init__(self, connections: Connections, recorded: Recorded = _nobody) -> None:
        self._connections = connections
        self.recorded = recorded
        self._by = secrets.token_hex(6)
        self._of: dict[str, Notices] = {}
        self._to_tell: set[str] = set()
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._closed = False

    def of(self, environment: str) -> Notices:
        """The notices of an environment, the same each time."""
        return self._of.setdefault(environment, Notices(self, environment))

    def start(self) -> None:
        """Listen from now on; in a running event loop."""
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._go_on(self._listen)),
                asyncio.create_task(self._go_on(self._tell)),
            ]

    def tell(self, what: str) -> None:
        """Tell what happened and where, such as `wrote env_1`."""
        self._to_tell.add(what)
        self._wake.set()

    async def close(self) -> None:
        """Stop, and close both connections."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _go_on(self, part: Callable[[Connection], Awaitable[None]]) -> None:
        """Do a part until all is closed, on another connection where one was lost."""
        # Told by more than the cancel: a connection that cannot be put away in order raises its own error in its place.
        while not self._closed:
            with suppress(psycopg.Error, StoreUnavailable, OSError):
                connection = await self._connections.one()
                try:
                    await part(connection)
                finally:
                    await connection.close()
            await asyncio.sleep(_AGAIN)

    async def _listen(self, connection: Connection) -> None:
        await connection.execute(b"LISTEN " + CHANNEL.encode())
        for each in tuple(self._of.values()):
            each.may_have_come()
        async for notice in connection.notifies():
            what, environment, by = notice.payload.split(" ")
            if by != self._by and environment in self._of:
                self._of[environment].came(what)

    async def _tell(self, connection: Connection) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            told, self._to_tell = self._to_tell, set()
            values = {"channel": CHANNEL, "by": self._by, "told": sorted(told)}
            try:
                await connection.execute(_TELL, values)
            except psycopg.Error:
                self._to_tell |= told
                self._wake.set()
                raise
            await asyncio.sleep(_APART)
