"""Entries of the audit that requests write at once share a transaction, and each is kept before its request is answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.database.auditing import AuditLog, entries
from auterity_server.database.database import Database


class Counted(Database):
    """Counts its transactions; `fails` is what the next one ends in."""

    count = 0
    fails: Exception | None = None

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        self.count += 1
        async with super().writing() as connection:
            yield connection
            if self.fails is not None:
                error, self.fails = self.fails, None
                raise error


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Counted]:
    made = Counted(f"sqlite+aiosqlite:///{tmp_path / 'control.db'}")
    await made.migrate()
    made.count = 0
    yield made
    await made.close()


async def record(log: AuditLog, number: int) -> None:
    told = {"organisation_id": "org_1", "at": number, "actor": "user:1", "action": "runs:start"}
    await log.record(**told, noun=f"run/{number}", workflow="desk")


async def kept(database: Database) -> list[tuple[str, Any]]:
    async with database.reading() as connection:
        found = await entries(connection, "org_1", 0, 1000)
    return [(each.noun, each.details) for each in found]


async def test_entries_of_one_moment_share_a_transaction(database: Counted) -> None:
    log = AuditLog(database)
    await asyncio.gather(*(record(log, number) for number in range(100)))
    assert await kept(database) == [(f"run/{n}", {"workflow": "desk"}) for n in range(100)]
    assert database.count <= 2


async def test_one_is_kept_when_its_writer_goes_on(database: Counted) -> None:
    log = AuditLog(database)
    for number in range(3):
        await record(log, number)
        assert len(await kept(database)) == number + 1


async def test_what_cannot_be_written_is_told_to_all_who_wait(database: Counted) -> None:
    log = AuditLog(database)
    database.fails = OSError("no room")
    told = await asyncio.gather(
        *(record(log, number) for number in range(3)), return_exceptions=True
    )
    assert [type(each) for each in told] == [OSError] * 3
    await record(log, 7)
    assert await kept(database) == [("run/7", {"workflow": "desk"})]


async def test_a_request_that_goes_away_takes_no_other_entry_with_it(database: Counted) -> None:
    log = AuditLog(database)
    first, second = (asyncio.create_task(record(log, number)) for number in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await second
    assert ("run/1", {"workflow": "desk"}) in await kept(database)
