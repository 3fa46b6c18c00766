"""The control database: its migrations make the tables that the code knows, and its transactions are whole."""

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, select

from auterity_server.database.database import Database
from auterity_server.database.migrations.run import migrate, revisions
from auterity_server.database.tables.all import METADATA
from auterity_server.database.tables.organisations import organisations

RELEASED = [""]
"""The revisions of released versions, from which a database is carried over; empty is a new one."""


def made(folder: Path) -> Database:
    return Database(f"sqlite+aiosqlite:///{folder / 'control.db'}")


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), METADATA))


@pytest.mark.parametrize("released", RELEASED)
async def test_migrations_lead_to_the_tables_of_the_code(tmp_path: Path, released: str) -> None:
    database = made(tmp_path)
    if released:
        async with database.writing() as connection:
            await connection.run_sync(migrate, released)
    await database.migrate()
    await database.migrate()
    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


def test_revisions_are_numbered_in_their_order() -> None:
    assert revisions() == sorted({each for each in revisions() if len(each) == 4})


async def test_transactions_that_read_before_they_write_wait_for_each_other(tmp_path: Path) -> None:
    database = made(tmp_path)
    await database.migrate()

    async def add(name: str) -> None:
        async with database.writing() as connection:
            count = len((await connection.execute(select(organisations.c.id))).all())
            await asyncio.sleep(0.01)
            await connection.execute(
                insert(organisations).values(id=str(count), name=name, title=name, created_at=0)
            )

    await asyncio.gather(*(add(f"group-{number}") for number in range(5)))
    async with database.reading() as connection:
        found = (await connection.execute(select(organisations.c.id))).scalars().all()
    assert sorted(found) == ["0", "1", "2", "3", "4"]
    await database.close()


async def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    database = made(tmp_path)
    await database.migrate()

    async def fail() -> None:
        async with database.writing() as connection:
            await connection.execute(
                insert(organisations).values(id="x", name="x", title="x", created_at=0)
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with database.reading() as connection:
        assert (await connection.execute(select(organisations.c.id))).all() == []
    await database.close()
