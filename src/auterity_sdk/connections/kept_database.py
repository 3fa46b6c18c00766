"""A private SQLite file that stays open between its transactions, for what is asked at every turn."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from auterity_sdk.connections.private_database import PATIENCE, make_private, set_up, unavailable


class KeptDatabase:
    """One connection to a file, for all threads of a process, in turn. It is opened when it is first used, and anew in
    another process or where another file has taken the place."""

    def __init__(self, path: Path, schema: str) -> None:
        self.path = path
        self._schema = schema
        self._lock = Lock()
        self._open: sqlite3.Connection | None = None
        self._opened: tuple[int, int, int] | None = None
        self._durable: bool | None = None

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go; the next transaction opens it again."""
        if self._open is not None and self._opened is not None and self._opened[0] == os.getpid():
            self._open.close()
        self._open = None

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction, alone in writing. Raises `StoreUnavailable`.

        It outlives the process that makes it, however that ends. `durable` ones outlive a loss of power too, for which
        the disk is waited for; the others may be undone by one, back to the last that was durable.
        """
        with self._lock:
            try:
                connection = self._connection()
                self._set(connection, durable=durable)
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                finally:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
            except (sqlite3.Error, OSError) as error:
                self.close()
                raise unavailable(self.path, error) from error

    def _connection(self) -> sqlite3.Connection:
        if self._open is None or self._opened != self._standing():
            self.close()
            make_private(self.path)
            made = sqlite3.connect(
                self.path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
            )
            self._open, self._opened, self._durable = made, self._standing(), True
            set_up(made)
            for statement in filter(str.strip, self._schema.split(";")):
                made.execute(statement)
        return self._open

    def _standing(self) -> tuple[int, int, int] | None:
        """This process, and the file that stands at the path now."""
        try:
            found = os.stat(self.path)  # noqa: PTH116 - asked at each transaction
        except FileNotFoundError:
            return None
        return os.getpid(), found.st_dev, found.st_ino

    def _set(self, connection: sqlite3.Connection, *, durable: bool) -> None:
        if durable is not self._durable:
            connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._durable = durable
