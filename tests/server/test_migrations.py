"""Migrations in two halves, on SQLite and on PostgreSQL: what a release adds, and what it drops once none before it is left."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from textwrap import dedent

import pytest
from sqlalchemy import Connection, inspect

from auterity_sdk.errors import ConfigurationError, StoreUnavailable
from auterity_server.database.database import Database
from auterity_server.database.migrations.run import finish, fit, migrate, revisions
from auterity_server.serve import Server
from auterity_server.wiring import wire
from tests.server.conftest import settings_for

FIRST = """
revision = "0001"
down_revision = None

def upgrade():
    op.create_table("migration_ends", sa.Column("revision", sa.String(32), primary_key=True),
        sa.Column("done_at", sa.BigInteger, nullable=False))
    op.create_table("cars", sa.Column("id", sa.Integer, primary_key=True), sa.Column("plate", sa.String(9)))
"""
SECOND = """
revision = "0002"
down_revision = "0001"

def upgrade():
    op.add_column("cars", sa.Column("vin", sa.String(17)))

def finish():
    with op.batch_alter_table("cars") as table:
        table.drop_column("plate")
"""


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'control.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    made = Database(url)
    yield made
    await made.close()


def release(folder: Path, *scripts: str) -> Path:
    """The migrations of a release."""
    folder.mkdir()
    for number, script in enumerate(scripts):
        text = f"import sqlalchemy as sa\nfrom alembic import op\n{dedent(script)}"
        (folder / f"{number}.py").write_text(text)
    return folder


def columns(connection: Connection) -> set[str]:
    return {each["name"] for each in inspect(connection).get_columns("cars")}


async def test_the_old_release_works_until_the_second_half(
    database: Database, tmp_path: Path
) -> None:
    old, new = release(tmp_path / "old", FIRST), release(tmp_path / "new", FIRST, SECOND)

    async def do(work, folder, **more):  # type: ignore[no-untyped-def]
        async with database.writing() as connection:
            return await connection.run_sync(partial(work, folder=folder, **more))

    async def has() -> set[str]:
        async with database.reading() as connection:
            return await connection.run_sync(columns)

    await do(migrate, old)
    assert (await do(fit, old)).to_begin == ()
    assert (await do(fit, new)).to_begin == ("0002",)
    await do(migrate, new)
    assert await has() == {"id", "plate", "vin"}
    before = await do(fit, old)
    assert (before.to_begin, before.too_new) == ((), False)
    await do(migrate, old)  # a process of the old release that begins now
    assert await do(finish, new) == ["0002"]
    assert await do(finish, new) == []
    assert await has() == {"id", "vin"}
    assert (await do(fit, old)).too_new
    assert not (await do(fit, new)).too_new


async def test_every_release_is_carried_over(database: Database) -> None:
    for revision in revisions():
        async with database.writing() as connection:
            await connection.run_sync(migrate, revision)
    await database.must_fit()
    await database.migrate()


async def test_a_server_that_shares_its_database_does_not_change_it(
    tmp_path: Path, postgres_url: str
) -> None:
    """It says what to run; and it takes no other key than the one of the others."""
    with pytest.raises(StoreUnavailable) as refused:
        await Server(wire(settings_for(tmp_path / "a", database_url=postgres_url))).work()
    assert refused.value.help == "run: auterity server migrate --pre"
    database = Database(postgres_url)
    await database.migrate()
    await database.close()
    async with wire(settings_for(tmp_path / "a", database_url=postgres_url)).running():
        pass
    with pytest.raises(ConfigurationError, match="sealed with another key"):
        async with wire(settings_for(tmp_path / "b", database_url=postgres_url)).running():
            pass


def test_roles_need_a_shared_database(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="only PostgreSQL is shared"):
        wire(settings_for(tmp_path, role="worker"))
    with pytest.raises(ConfigurationError, match="base64 form of 32 bytes"):
        wire(settings_for(tmp_path, seal_key="short"))


def test_the_command_brings_a_database_to_this_release(tmp_path: Path, postgres_url: str) -> None:
    environment = {**os.environ, "AUTERITY_DATABASE_URL": postgres_url}
    command = [sys.executable, "-m", "auterity_cli", "server", "migrate"]
    for options, code in ((["--post"], 1), (["--pre"], 0), ([], 0)):
        done = subprocess.run(
            [*command, *options], env=environment, cwd=tmp_path, capture_output=True, text=True
        )
        said = done.stdout if code == 0 else done.stderr
        wanted = "fits this release" if code == 0 else "run: auterity server migrate --pre"
        assert wanted in said, done
        assert (done.returncode == 0) == (code == 0)
        assert "Traceback" not in done.stderr
