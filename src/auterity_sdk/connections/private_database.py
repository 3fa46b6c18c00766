"""A SQLite file of the project that only its owner can read."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock

from auterity_sdk.errors import StoreUnavailable

PATIENCE = 30.0
"""Seconds to wait for another process's transaction."""


@contextmanager
def transaction(path: Path, schema: str) -> Iterator[sqlite3.Connection]:
    """One transaction, alone in writing, in a file made with `schema` (statements that may be repeated).

    The folder is made 0700 and the file 0600. Raises `StoreUnavailable`.
    """
    try:
        make_private(path)
        with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as connection:
            set_up(connection)
            connection.execute("BEGIN IMMEDIATE")
            for statement in filter(str.strip, schema.split(";")):
                connection.execute(statement)
            yield connection
            connection.execute("COMMIT")
    except (sqlite3.Error, OSError) as error:
        raise unavailable(path, error) from error


def make_private(path: Path) -> None:
    """Make the file, if it is not there, readable by its owner only, as is its folder. Raises OSError.

    A symbolic link in its place is refused: it might lead to a file that others read.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _MAKING:
        try:
            found = path.lstat().st_mode
        except FileNotFoundError:
            # SQLite would make the file by the umask; its -wal and -shm files take over this one's mode.
            _make(path)
            return
    if stat.S_ISLNK(found):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    if not os.access(path, os.R_OK | os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))


_MAKING = Lock()
"""A file that is there is never opened but by SQLite: whoever closes it gives up all POSIX locks that this process has on
it, those of SQLite's connections among them, and the file is destroyed (https://www.sqlite.org/howtocorrupt.html, 2.2). So
a thread may not get at one before the thread that made it has closed it."""


def _make(path: Path) -> None:
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_CLOEXEC", 0)
    with suppress(FileExistsError):  # another process was faster
        os.close(os.open(path, flags, 0o600))


def unavailable(path: Path, error: Exception) -> StoreUnavailable:
    """What is told of a file that cannot be used."""
    return StoreUnavailable(
        f"cannot use {path.name}: {_reason(error)}",
        help=f"check the disk and the permissions of {path.parent}",
    )


def set_up(connection: sqlite3.Connection) -> None:
    """Let writers and readers go side by side, and what is written be on the disk."""
    connection.execute("PRAGMA synchronous = FULL")
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # Another process is turning it on right now: SQLite does not wait for that one.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise


def _reason(error: Exception) -> str:
    return error.strerror or "error" if isinstance(error, OSError) else str(error)
