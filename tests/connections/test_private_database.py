"""A private file of SQLite: who may read it, and that making sure of it does it no harm."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from auterity_sdk.connections.private_database import make_private, transaction
from auterity_sdk.errors import StoreUnavailable

TABLE = "CREATE TABLE IF NOT EXISTS sent (id TEXT)"
WRITES = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
try:
    database.execute("BEGIN IMMEDIATE")
    print("writes")
except sqlite3.OperationalError as error:
    print(error.sqlite_errorname)
"""


def elsewhere(path: Path) -> str:
    """What another process finds that wants to write."""
    found = subprocess.run(
        [sys.executable, "-c", WRITES, str(path)], capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


def test_only_the_owner_may_read_a_new_file_and_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "sent.db"
    with transaction(path, TABLE) as connection:
        connection.execute("INSERT INTO sent VALUES ('1')")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_locks_of_this_process_outlive_another_look_at_the_file(tmp_path: Path) -> None:
    path = tmp_path / "sent.db"
    make_private(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as writing:
        writing.execute("BEGIN IMMEDIATE")
        assert elsewhere(path) == "SQLITE_BUSY"
        make_private(path)
        assert elsewhere(path) == "SQLITE_BUSY"
        writing.execute("ROLLBACK")
    assert elsewhere(path) == "writes"


def test_a_link_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.db").touch()
    path = tmp_path / "sent.db"
    path.symlink_to(tmp_path / "other.db")
    with pytest.raises(StoreUnavailable, match="symbolic link"), transaction(path, TABLE):
        pass


def test_a_file_that_may_not_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sent.db"
    path.touch()
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write every file
    with pytest.raises(StoreUnavailable, match="Permission denied"), transaction(path, TABLE):
        pass
