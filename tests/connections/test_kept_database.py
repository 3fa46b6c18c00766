"""A file that stays open: it is the one at the path, of this process, and what was written outlives a kill."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from threading import Thread

import pytest

from auterity_sdk.connections.kept_database import KeptDatabase
from auterity_sdk.connections.sqlite_usage import SqliteUsage
from auterity_sdk.connections.usage import Amount, Limit
from auterity_sdk.errors import StoreUnavailable
from tests.connections.test_usage import call, settle

SCHEMA = "CREATE TABLE IF NOT EXISTS t (n INTEGER)"


def numbers(path: Path) -> list[int]:
    with KeptDatabase(path, SCHEMA).transaction() as database:
        return [n for (n,) in database.execute("SELECT n FROM t ORDER BY n")]


def put(kept: KeptDatabase, n: int) -> None:
    with kept.transaction(durable=False) as database:
        database.execute("INSERT INTO t VALUES (?)", (n,))


def fails(kept: KeptDatabase, error: Exception) -> None:
    with kept.transaction() as database:
        database.execute("INSERT INTO t VALUES (2)")
        raise error


def test_it_is_private_and_shared_by_threads(tmp_path: Path) -> None:
    kept = KeptDatabase(tmp_path / "a" / "x.db", SCHEMA)
    threads = [Thread(target=put, args=(kept, n)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(kept.path) == list(range(20))
    assert (kept.path.stat().st_mode & 0o777, kept.path.parent.stat().st_mode & 0o777) == (
        0o600,
        0o700,
    )


def test_what_fails_leaves_nothing_and_the_next_goes_on(tmp_path: Path) -> None:
    kept = KeptDatabase(tmp_path / "x.db", SCHEMA)
    put(kept, 1)
    with pytest.raises(StoreUnavailable):
        fails(kept, sqlite3.IntegrityError("no"))
    with pytest.raises(ZeroDivisionError):
        fails(kept, ZeroDivisionError())
    put(kept, 4)
    assert numbers(kept.path) == [1, 4]


def test_a_file_that_takes_the_place_is_the_one_that_is_written(tmp_path: Path) -> None:
    kept = KeptDatabase(tmp_path / "x.db", SCHEMA)
    put(kept, 1)
    for file in tmp_path.iterdir():
        file.unlink()
    put(kept, 2)
    assert numbers(kept.path) == [2]


def test_a_child_process_opens_its_own(tmp_path: Path) -> None:
    kept = KeptDatabase(tmp_path / "x.db", SCHEMA)
    put(kept, 1)
    child = os.fork()
    if not child:
        put(kept, 2)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    put(kept, 3)
    assert numbers(kept.path) == [1, 2, 3]


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from auterity_sdk.connections.sqlite_usage import SqliteUsage
from auterity_sdk.connections.usage import Amount
from tests.connections.test_usage import call, settle

async def main(path):
    ledger = SqliteUsage(Path(path))
    for n in range(30):
        await ledger.reserve(call(f"c{n}"), Amount(100, 100), [])
        await settle(ledger, f"c{n}", 7, 7)
    await ledger.reserve(call("open"), Amount(100, 100), [])
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main(sys.argv[1]))
"""


def test_a_kill_loses_no_settled_cost(tmp_path: Path) -> None:
    command = [sys.executable, "-c", dedent(KILLED), str(tmp_path / "usage.db")]
    killed = subprocess.run(command, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    calls = asyncio.run(SqliteUsage(tmp_path / "usage.db").calls())
    assert [each.amount.tokens for each in calls] == [7] * 30 + [100]
    assert [each.settled for each in calls] == [True] * 30 + [False]


async def test_what_a_limit_counts_is_waited_for_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of SQLite's own words: 2 is FULL, which syncs each commit; 1 is NORMAL, which a loss of power may undo."""
    waited: list[int] = []
    real = sqlite3.connect

    class Watched(sqlite3.Connection):
        def execute(self, sql: str, *given: object) -> sqlite3.Cursor:
            if sql == "COMMIT":
                waited.append(super().execute("PRAGMA synchronous").fetchone()[0])
            return super().execute(sql, *given)  # type: ignore[arg-type]

    def connect(*given: object, **more: object) -> sqlite3.Connection:
        return real(*given, factory=Watched, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(sqlite3, "connect", connect)
    ledger = SqliteUsage(tmp_path / "usage.db")
    await ledger.reserve(call("a"), Amount(1, 1), [Limit(name="project", nano=100)])
    await settle(ledger, "a", 1, 1)
    await ledger.reserve(call("b"), Amount(1, 1), [])
    assert waited == [2, 1, 1]
