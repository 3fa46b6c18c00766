"""Both stores keep the contract; what only a file has is tested beside it."""

from __future__ import annotations

import itertools
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from auterity_sdk.errors import RunHeld, StoreUnavailable
from auterity_sdk.runs.events import RunStarted
from auterity_sdk.runtime.owner import is_dead, this_owner
from auterity_sdk.runtime.ports import Store
from auterity_sdk.runtime.stores import sqlite_schema
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.testing.store_contract import StoreContract

STARTED = RunStarted(1, "r1", "v", {})


class TestMemoryStore(StoreContract):
    def store(self) -> Store:
        return MemoryStore()


class TestSqliteStore(StoreContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path
        self.numbers = itertools.count()
        self.opened: list[SqliteStore] = []

    def store(self) -> Store:
        return self._open(self.folder / f"{next(self.numbers)}.db")

    def again(self, store: Store) -> Store:
        assert isinstance(store, SqliteStore)
        return self._open(store.file)

    def _open(self, file: Path) -> SqliteStore:
        self.opened.append(SqliteStore(file))
        return self.opened[-1]

    @pytest.fixture(autouse=True)
    def _closed(self, _folder: None):
        yield
        for store in self.opened:
            store.close()


def test_only_its_owner_may_read_the_file(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "store" / "runs.db")
    try:
        store._database.execute("INSERT INTO versions VALUES ('v', '{}')")
        assert stat.S_IMODE(store.file.parent.stat().st_mode) == 0o700
        files = sorted(store.file.parent.iterdir())
        assert len(files) == 3
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    finally:
        store.close()


async def test_the_journal_is_append_only(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "runs.db")
    await store.append("r1", 0, [STARTED])
    for change in ("UPDATE journal SET line = ''", "DELETE FROM journal"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            store._database.execute(change)
    store.close()


async def test_a_locked_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_schema, "BUSY_SECONDS", 0.01)
    store = SqliteStore(tmp_path / "runs.db")
    other = sqlite3.connect(tmp_path / "runs.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match=r"runs\.db is locked by another process"):
        await store.append("r1", 0, [STARTED])
    other.execute("ROLLBACK")
    await store.append("r1", 0, [STARTED])
    assert await store.events("r1") == [STARTED]
    other.close()
    store.close()


async def test_a_full_disk_is_named_and_loses_nothing(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "runs.db")
    await store.append("r1", 0, [STARTED])
    pages = store._database.execute("PRAGMA page_count").fetchone()[0]
    store._database.execute(f"PRAGMA max_page_count = {pages}")
    big = RunStarted(1, "r2", "v", {"text": "x" * 100_000})
    with pytest.raises(StoreUnavailable, match="the disk is full"):
        await store.append("r2", 0, [big])
    store._database.execute("PRAGMA max_page_count = 100000")
    await store.append("r2", 0, [big])
    assert await store.events("r1") == [STARTED]
    store.close()


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "runs.db"
    file.write_bytes(b"this is no database, but long enough to look like a file" * 20)
    with pytest.raises(StoreUnavailable, match="is no run store"):
        SqliteStore(file)
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        SqliteStore(folder)


def test_a_store_of_a_later_version_is_refused(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "runs.db")
    store._database.execute(f"PRAGMA user_version = {sqlite_schema.SCHEMA + 1}")
    store.close()
    with pytest.raises(StoreUnavailable, match="later version"):
        SqliteStore(tmp_path / "runs.db")


async def test_the_lease_of_a_dead_process_is_free(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "runs.db")
    mine = this_owner()
    assert not is_dead(mine)
    boot, pid, start, number = mine.split(":")
    dead = f"{boot}:{pid}:{int(start) + 1}:{number}"
    if boot:
        assert is_dead(dead)
        await store.take("r1", dead, 0, 1_000)
        assert (await store.take("r1", mine, 1, 1_000)).orphaned
    await store.take("r1", mine, 1, 1_000)
    with pytest.raises(RunHeld, match=f"the process {pid}"):
        await store.take("r1", this_owner(), 2, 1_000)
    store.close()


def test_a_process_that_nobody_asked_about_yet_is_dead() -> None:
    code = "from auterity_sdk.runtime.owner import this_owner; print(this_owner())"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as ended:
        assert ended.stdout is not None
        owner = ended.stdout.read().strip()
        for _ in range(200):
            if is_dead(owner):
                break
            time.sleep(0.01)
        assert ended.returncode is None
        assert is_dead(owner)
