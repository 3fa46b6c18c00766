"""Turns of calls to language models, kept in a file that all processes of a project share."""

from __future__ import annotations

import asyncio
from pathlib import Path

from auterity_sdk.ai.limits import MINUTE, PATIENCE, Limits, Taken, Turn, turn_after
from auterity_sdk.connections.private_database import transaction

FILE_NAME = "limits.db"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS turns (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, at INTEGER NOT NULL, tokens INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS turns_of_name ON turns (name, at)
"""


class SharedTurns:
    """`Turns` in a SQLite file: names of connections, times and counts, and nothing of what was asked."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def take(self, name: str, limits: Limits, tokens: int, now: int) -> Turn:
        """The next turn; none is given that is further off than `PATIENCE`."""
        return await asyncio.to_thread(self._take, name, limits, tokens, now)

    def _take(self, name: str, limits: Limits, tokens: int, now: int) -> Turn:
        with transaction(self._path, _SCHEMA) as database:
            # A turn that is far ahead was given by a clock that has been put back since.
            database.execute(
                "DELETE FROM turns WHERE at <= ? OR at > ?", (now - MINUTE, now + PATIENCE + MINUTE)
            )
            rows = database.execute(
                "SELECT at, tokens FROM turns WHERE name = ? ORDER BY at, id", (name,)
            )
            at = turn_after([Taken(*row) for row in rows], limits, tokens, now)
            if at > now + PATIENCE:
                return Turn(at, None)
            made = database.execute(
                "INSERT INTO turns (name, at, tokens) VALUES (?, ?, ?)", (name, at, tokens)
            )
            return Turn(at, made.lastrowid)

    async def settle(self, turn: int, tokens: int | None) -> None:
        """Put what was taken in the place of what was reckoned, or take the turn back."""
        await asyncio.to_thread(self._settle, turn, tokens)

    def _settle(self, turn: int, tokens: int | None) -> None:
        with transaction(self._path, _SCHEMA) as database:
            if tokens is None:
                database.execute("DELETE FROM turns WHERE id = ?", (turn,))
            else:
                database.execute("UPDATE turns SET tokens = ? WHERE id = ?", (tokens, turn))
