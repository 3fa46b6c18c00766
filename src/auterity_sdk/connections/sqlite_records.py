"""What a project remembers, in a SQLite file of its own."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from auterity_sdk.connections.private_database import transaction
from auterity_sdk.connections.records import Claim, Claimed, Entry, Json

FILE_NAME = "records.db"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS claim (
    number INTEGER PRIMARY KEY, collection TEXT NOT NULL, at TEXT NOT NULL, value TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS claim_name (
    collection TEXT NOT NULL, name TEXT NOT NULL, claim INTEGER NOT NULL REFERENCES claim (number),
    PRIMARY KEY (collection, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS claim_answer (
    collection TEXT NOT NULL, key TEXT NOT NULL, claim INTEGER NOT NULL REFERENCES claim (number),
    first INTEGER NOT NULL, name TEXT, PRIMARY KEY (collection, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entry (
    number INTEGER PRIMARY KEY, collection TEXT NOT NULL, subject TEXT NOT NULL, key TEXT NOT NULL,
    at TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (collection, subject, key)
)
"""
# A winner takes its names from older claims; a duplicate adds names to the winner's, and moves none.
_ADD_NAME = "INSERT INTO claim_name VALUES (?, ?, ?) ON CONFLICT (collection, name) DO NOTHING"
_TAKE_NAME = (
    "INSERT INTO claim_name VALUES (?, ?, ?)"
    " ON CONFLICT (collection, name) DO UPDATE SET claim = excluded.claim"
)


class SqliteRecords:
    """`Records` in the file `path`, for all processes of a machine."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def claim(self, collection: str, claim: Claim, *, since: datetime) -> Claimed:
        """Win or learn who won."""
        return await asyncio.to_thread(self._claim, collection, claim, since)

    async def append(
        self, collection: str, subject: str, value: Json, *, key: str, at: datetime
    ) -> None:
        """Add to a subject's log, once for each key."""
        await asyncio.to_thread(self._append, collection, subject, value, key, at)

    async def entries(self, collection: str, subject: str) -> Sequence[Entry]:
        """A subject's log, oldest first."""
        return await asyncio.to_thread(self._entries, collection, subject)

    def _claim(self, collection: str, claim: Claim, since: datetime) -> Claimed:
        with transaction(self.path, _SCHEMA) as database:
            if not _answers(database, collection, claim.key):
                number, name = _holder(database, collection, claim.look, since)
                if number is None:
                    made = _new_holder(database, collection, claim)
                    _leave(database, _TAKE_NAME, collection, claim.leave, made)
                else:
                    _leave(database, _ADD_NAME, collection, claim.leave, number)
                database.execute(
                    "INSERT INTO claim_answer VALUES (?, ?, ?, ?, ?)",
                    (
                        collection,
                        claim.key,
                        made if number is None else number,
                        number is None,
                        name,
                    ),
                )
            return _answers(database, collection, claim.key)[0]

    def _append(self, collection: str, subject: str, value: Json, key: str, at: datetime) -> None:
        with transaction(self.path, _SCHEMA) as database:
            database.execute(
                "INSERT INTO entry (collection, subject, key, at, value) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (collection, subject, key, _written(at), json.dumps(value)),
            )

    def _entries(self, collection: str, subject: str) -> Sequence[Entry]:
        with transaction(self.path, _SCHEMA) as database:
            found = database.execute(
                "SELECT at, value FROM entry WHERE collection = ? AND subject = ? ORDER BY at, number",
                (collection, subject),
            ).fetchall()
        return [Entry(datetime.fromisoformat(at), json.loads(value)) for at, value in found]


def _answers(database: sqlite3.Connection, collection: str, key: str) -> list[Claimed]:
    found = database.execute(
        "SELECT first, value, at, name FROM claim_answer JOIN claim ON claim.number = claim_answer.claim"
        " WHERE claim_answer.collection = ? AND key = ?",
        (collection, key),
    )
    return [
        Claimed(bool(first), json.loads(value), datetime.fromisoformat(at), name)
        for first, value, at, name in found
    ]


def _holder(
    database: sqlite3.Connection, collection: str, names: Sequence[str], since: datetime
) -> tuple[int | None, str | None]:
    for name in names:
        found = database.execute(
            "SELECT claim FROM claim_name JOIN claim ON claim.number = claim_name.claim"
            " WHERE claim_name.collection = ? AND name = ? AND at >= ?",
            (collection, name, _written(since)),
        ).fetchone()
        if found is not None:
            return int(found[0]), name
    return None, None


def _new_holder(database: sqlite3.Connection, collection: str, claim: Claim) -> int:
    made = database.execute(
        "INSERT INTO claim (collection, at, value) VALUES (?, ?, ?) RETURNING number",
        (collection, _written(claim.at), json.dumps(claim.value)),
    ).fetchone()
    return int(made[0])


def _leave(
    database: sqlite3.Connection, statement: str, collection: str, names: Sequence[str], number: int
) -> None:
    database.executemany(statement, [(collection, name, number) for name in names])


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
