"""The tables of a SQLite store, and how its file is opened."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from auterity_sdk.connections.private_database import make_private
from auterity_sdk.errors import StoreUnavailable
from auterity_sdk.runtime.stores.sqlite_attempts import TABLES as ATTEMPTS
from auterity_sdk.runtime.stores.sqlite_firings import TABLES as FIRINGS
from auterity_sdk.runtime.stores.sqlite_order import TABLES as ORDER
from auterity_sdk.runtime.stores.sqlite_order import UPGRADE as ORDERED

SCHEMA = 7
"""The version of the tables, kept as `user_version` in the file."""

_FIRST_FIRINGS = 5
"""From that version on there are the tables of triggers and firings."""

_FIRST_ATTEMPTS = 6
"""From that version on there is the table of attempts that are carried out elsewhere."""

_FIRST_ORDER = 7
"""From that version on each event has a position among those of all runs."""

BUSY_SECONDS = 5.0

LOG_SIZE = 16 * 1024 * 1024
"""The write-ahead log is cut back to so many bytes once it has been taken over into the file."""

_TABLES = """
CREATE TABLE journal (
    run_id TEXT NOT NULL, seq INTEGER NOT NULL, line TEXT NOT NULL, position INTEGER,
    PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;
CREATE TRIGGER journal_keeps_its_past BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_forgets_what_is_pruned BEFORE DELETE ON journal
    WHEN NOT EXISTS (SELECT 1 FROM pruned WHERE run_id = OLD.run_id)
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TABLE runs (
    run_id TEXT NOT NULL UNIQUE, workflow TEXT NOT NULL, version TEXT NOT NULL,
    status TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER, due INTEGER,
    parent_run TEXT NOT NULL, parent TEXT NOT NULL, listens TEXT NOT NULL,
    breaches INTEGER NOT NULL DEFAULT 0, priority INTEGER NOT NULL DEFAULT 0,
    carried INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX runs_carried ON runs (due) WHERE carried;
CREATE INDEX runs_by_status ON runs (status, due);
CREATE INDEX runs_by_start ON runs (started_at);
CREATE INDEX runs_by_caller ON runs (parent_run);
CREATE TABLE versions (version TEXT PRIMARY KEY, workflow TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE inbox (
    id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, data TEXT NOT NULL, came INTEGER NOT NULL,
    taken_by TEXT, until INTEGER
);
CREATE INDEX inbox_by_end ON inbox (taken_by, until) WHERE until IS NOT NULL;
CREATE INDEX inbox_by_type ON inbox (type) WHERE taken_by IS NULL;
CREATE TABLE leases (
    run_id TEXT PRIMARY KEY, owner TEXT NOT NULL, until INTEGER NOT NULL,
    fence INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX leases_held ON leases (owner) WHERE owner <> '';
CREATE TABLE pruned (run_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE claims (
    ticket INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, run_id TEXT NOT NULL,
    step TEXT NOT NULL, slots INTEGER NOT NULL DEFAULT 1, taken INTEGER NOT NULL DEFAULT 0,
    asked INTEGER NOT NULL DEFAULT 0, rank INTEGER NOT NULL DEFAULT 0,
    queue TEXT NOT NULL DEFAULT '', rate INTEGER, per INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX claims_by_key ON claims (key, ticket);
CREATE INDEX claims_by_turn ON claims (key, taken DESC, rank, ticket);
CREATE INDEX claims_waiting ON claims (key, rank, ticket) WHERE taken = 0;
CREATE UNIQUE INDEX claims_by_run ON claims (run_id, step, queue);
CREATE TABLE queue_starts (key TEXT NOT NULL, at INTEGER NOT NULL);
CREATE INDEX queue_starts_by_key ON queue_starts (key, at);
CREATE TABLE cached_results (
    key TEXT PRIMARY KEY, run_id TEXT NOT NULL, version TEXT NOT NULL, step TEXT NOT NULL, at INTEGER NOT NULL,
    until INTEGER NOT NULL, outcome TEXT NOT NULL, rest TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX cached_results_by_end ON cached_results (until);
CREATE INDEX cached_results_by_run ON cached_results (run_id);
CREATE TABLE starts (key TEXT PRIMARY KEY, run_id TEXT NOT NULL, at INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE awaits (
    type TEXT NOT NULL, key TEXT NOT NULL, run_id TEXT NOT NULL, PRIMARY KEY (type, key, run_id)
) WITHOUT ROWID;
CREATE INDEX awaits_by_run ON awaits (run_id);
CREATE TABLE heartbeats (
    run_id TEXT NOT NULL, step TEXT NOT NULL, details TEXT NOT NULL, PRIMARY KEY (run_id, step)
) WITHOUT ROWID;
"""

_UPGRADES = {
    1: """
ALTER TABLE leases ADD COLUMN fence INTEGER NOT NULL DEFAULT 0;
CREATE INDEX leases_held ON leases (owner) WHERE owner <> '';
CREATE TABLE pruned (run_id TEXT PRIMARY KEY) WITHOUT ROWID;
DROP TRIGGER journal_forgets_nothing;
CREATE TRIGGER journal_forgets_what_is_pruned BEFORE DELETE ON journal
    WHEN NOT EXISTS (SELECT 1 FROM pruned WHERE run_id = OLD.run_id)
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
""",
    2: """
CREATE TABLE claims (
    ticket INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, run_id TEXT NOT NULL,
    step TEXT NOT NULL, taken INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX claims_by_key ON claims (key, ticket);
CREATE UNIQUE INDEX claims_by_run ON claims (run_id, step);
""",
    3: """
ALTER TABLE claims ADD COLUMN slots INTEGER NOT NULL DEFAULT 1;
CREATE TABLE starts (key TEXT PRIMARY KEY, run_id TEXT NOT NULL, at INTEGER NOT NULL)
    WITHOUT ROWID;
""",
    4: """
ALTER TABLE inbox ADD COLUMN until INTEGER;
CREATE INDEX inbox_by_end ON inbox (taken_by, until) WHERE until IS NOT NULL;
CREATE TABLE awaits (
    type TEXT NOT NULL, key TEXT NOT NULL, run_id TEXT NOT NULL, PRIMARY KEY (type, key, run_id)
) WITHOUT ROWID;
CREATE INDEX awaits_by_run ON awaits (run_id);
INSERT INTO awaits SELECT value, '', run_id FROM runs, json_each(runs.listens)
    WHERE ended_at IS NULL;
ALTER TABLE runs ADD COLUMN breaches INTEGER NOT NULL DEFAULT 0;
CREATE TABLE heartbeats (
    run_id TEXT NOT NULL, step TEXT NOT NULL, details TEXT NOT NULL, PRIMARY KEY (run_id, step)
) WITHOUT ROWID;
ALTER TABLE runs ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE claims ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE claims ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;
ALTER TABLE claims ADD COLUMN queue TEXT NOT NULL DEFAULT '';
ALTER TABLE claims ADD COLUMN rate INTEGER;
ALTER TABLE claims ADD COLUMN per INTEGER NOT NULL DEFAULT 0;
CREATE INDEX claims_by_turn ON claims (key, taken DESC, rank, ticket);
CREATE INDEX claims_waiting ON claims (key, rank, ticket) WHERE taken = 0;
DROP INDEX claims_by_run;
CREATE UNIQUE INDEX claims_by_run ON claims (run_id, step, queue);
CREATE TABLE queue_starts (key TEXT NOT NULL, at INTEGER NOT NULL);
CREATE INDEX queue_starts_by_key ON queue_starts (key, at);
CREATE TABLE cached_results (
    key TEXT PRIMARY KEY, run_id TEXT NOT NULL, version TEXT NOT NULL, step TEXT NOT NULL, at INTEGER NOT NULL,
    until INTEGER NOT NULL, outcome TEXT NOT NULL, rest TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX cached_results_by_end ON cached_results (until);
CREATE INDEX cached_results_by_run ON cached_results (run_id);
""",
    5: """
ALTER TABLE runs ADD COLUMN carried INTEGER NOT NULL DEFAULT 0;
CREATE INDEX runs_carried ON runs (due) WHERE carried;
""",
    6: ORDERED,
}
"""What makes the tables of the next version of those of an earlier one."""


def open_database(file: Path) -> sqlite3.Connection:
    """Open a store's file; make it, its folder and its tables where they are missing.

    Raises sqlite3.Error, and `StoreUnavailable` for a file of a later version.
    """
    _make_private(file)
    database = sqlite3.connect(
        file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        # Before there is a table: then a file gives freed pages back without being written anew.
        database.execute("PRAGMA auto_vacuum=INCREMENTAL")
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute(f"PRAGMA journal_size_limit={LOG_SIZE}")
        _make_tables(database, file)
    except BaseException:
        database.close()
        raise
    return database


def give_back_space(database: sqlite3.Connection) -> None:
    """Let the file shrink by its free pages. One that an earlier version made is written anew, once."""
    if database.execute("PRAGMA auto_vacuum").fetchone()[0] == 0:
        database.execute("PRAGMA auto_vacuum=INCREMENTAL")
        database.execute("VACUUM")
    # `execute` steps once where no row comes, which would free one page.
    database.executescript("PRAGMA incremental_vacuum")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _make_private(file: Path) -> None:
    try:
        make_private(file)
    except OSError as error:
        raise StoreUnavailable(
            f"{file} cannot be opened: {error.strerror}",
            help="check that its folder exists and may be written",
        ) from None


def _make_tables(database: sqlite3.Connection, file: Path) -> None:
    if _version(database) == SCHEMA:
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have made them since.
        found = _version(database)
        scripts = [_TABLES] if found == 0 else [_UPGRADES[old] for old in range(found, SCHEMA)]
        scripts += [FIRINGS] if found < _FIRST_FIRINGS else []
        scripts += [ATTEMPTS] if found < _FIRST_ATTEMPTS else []
        scripts += [ORDER] if found < _FIRST_ORDER else []
        for script in scripts:
            for statement in _statements(script):
                database.execute(statement)
        if scripts:
            database.execute(f"PRAGMA user_version = {SCHEMA}")
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    if found > SCHEMA:
        raise StoreUnavailable(
            f"{file} was written by a later version of auterity", help="use that version"
        )


def _statements(script: str) -> list[str]:
    statements, lines = [], []
    for line in script.strip().splitlines():
        lines.append(line)
        text = "\n".join(lines)
        if sqlite3.complete_statement(text):
            statements.append(text)
            lines = []
    return statements


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])
