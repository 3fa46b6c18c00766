"""What calls of models took, in a SQLite file of the project."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from auterity_sdk.connections.kept_database import KeptDatabase
from auterity_sdk.connections.usage import Amount, Call, Limit, Over, Spent, Took, passes

FILE_NAME = "usage.db"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS call (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, run TEXT NOT NULL,
    workflow TEXT NOT NULL, step TEXT NOT NULL, attempt INTEGER NOT NULL, provider TEXT NOT NULL,
    model TEXT NOT NULL, settled INTEGER NOT NULL DEFAULT 0, tokens INTEGER NOT NULL, nano INTEGER,
    input INTEGER NOT NULL DEFAULT 0, cached INTEGER NOT NULL DEFAULT 0,
    output INTEGER NOT NULL DEFAULT 0, estimated INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS call_by_run ON call (run, step);
CREATE INDEX IF NOT EXISTS call_by_time ON call (at)
"""
_COLUMNS = "id, at, run, workflow, step, attempt, provider, model, settled, tokens, nano, input, cached, output, estimated"


class SqliteUsage:
    """`UsageLedger` in the file `path`, for all processes of a machine.

    A reservation that a limit counts is on the disk before the call is made, so that no loss of power frees it. All else
    outlives its process, however that ends; a loss of power may undo the last settlements, whose reservations then count.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = KeptDatabase(path, _SCHEMA)

    async def reserve(self, call: Call, most: Amount, limits: Sequence[Limit]) -> Over | None:
        """Set aside, or say which limit forbids it: in one transaction, so that no two pass it together."""
        return await asyncio.to_thread(self._reserve, call, most, limits)

    async def settle(self, id: str, took: Took, before: Sequence[tuple[Call, Amount]] = ()) -> None:
        """What the call took indeed, and the calls before it that were never answered: in one transaction."""
        await asyncio.to_thread(self._settle, id, took, before)

    async def calls(
        self, *, run: str = "", workflow: str = "", since: datetime | None = None
    ) -> Sequence[Spent]:
        """The calls on record, oldest first."""
        return await asyncio.to_thread(
            self._calls, Limit(name="", run=run, workflow=workflow, since=since)
        )

    def _reserve(self, call: Call, most: Amount, limits: Sequence[Limit]) -> Over | None:
        with self._file.transaction(durable=bool(limits)) as database:
            for limit in limits:
                spent = _spent(database, limit)
                if passes(limit, spent, most):
                    return Over(limit, spent)
            _set_aside(database, call, most)
        return None

    def _settle(self, id: str, took: Took, before: Sequence[tuple[Call, Amount]]) -> None:
        with self._file.transaction(durable=False) as database:
            database.execute(
                "UPDATE call SET settled = ?, tokens = ?, nano = ?, input = ?, cached = ?, output = ?,"
                " estimated = ?, provider = COALESCE(NULLIF(?, ''), provider),"
                " model = COALESCE(NULLIF(?, ''), model) WHERE id = ?",
                (
                    took.settled,
                    took.amount.tokens,
                    took.amount.nano,
                    took.input,
                    took.cached,
                    took.output,
                    took.estimated,
                    took.provider,
                    took.model,
                    id,
                ),
            )
            for call, most in before:
                _set_aside(database, call, most)

    def _calls(self, which: Limit) -> Sequence[Spent]:
        conditions, values = _fitting(which)
        with self._file.transaction(durable=False) as database:
            statement = f"SELECT {_COLUMNS} FROM call WHERE {conditions} ORDER BY number"  # noqa: S608 - fixed words
            rows = database.execute(statement, values).fetchall()
        return tuple(_read(rows))


def _set_aside(database: sqlite3.Connection, call: Call, most: Amount) -> None:
    database.execute(
        "INSERT INTO call (id, at, run, workflow, step, attempt, provider, model, tokens, nano)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            call.id,
            _written(call.at),
            call.run,
            call.workflow,
            call.step,
            call.attempt,
            call.provider,
            call.model,
            most.tokens,
            most.nano,
        ),
    )


def _spent(database: sqlite3.Connection, limit: Limit) -> Amount:
    conditions, values = _fitting(limit)
    tokens, nano = database.execute(
        f"SELECT COALESCE(SUM(tokens), 0), COALESCE(SUM(nano), 0) FROM call WHERE {conditions}",  # noqa: S608 - fixed words
        values,
    ).fetchone()
    return Amount(tokens, nano)


def _fitting(limit: Limit) -> tuple[str, list[str]]:
    named = {"run": limit.run, "step": limit.step, "workflow": limit.workflow}
    given = {name: value for name, value in named.items() if value}
    conditions = [f"{name} = ?" for name in given]
    values = list(given.values())
    if limit.since is not None:
        conditions.append("at >= ?")
        values.append(_written(limit.since))
    return " AND ".join(conditions) or "1", values


def _read(rows: Sequence[tuple[Any, ...]]) -> Iterator[Spent]:
    for name, at, run, workflow, step, attempt, provider, model, settled, *took in rows:
        tokens, nano, put, cached, output, estimated = took
        yield Spent(
            call=Call(
                id=name,
                at=datetime.fromisoformat(at),
                run=run,
                workflow=workflow,
                step=step,
                attempt=attempt,
                provider=provider,
                model=model,
            ),
            settled=bool(settled),
            input=put,
            cached=cached,
            output=output,
            estimated=bool(estimated),
            amount=Amount(tokens, nano),
        )


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
