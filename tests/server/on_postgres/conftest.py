"""The server of these tests keeps everything in PostgreSQL; all else is as in `tests/server`."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI

from auterity_server.settings import Settings
from auterity_server.wiring import Wiring, wire
from tests.server.access.conftest import House, furnish, house_settings, open_house
from tests.server.conftest import RunningServer, running, settings_for
from tests.server.run_store.stores_in_postgres import make_tables
from tests.services.postgres import Postgres


@pytest.fixture(scope="session")
def migrated(postgres: Postgres) -> Iterator[str]:
    """The name of a database that has all tables."""
    with postgres.database() as name:
        asyncio.run(make_tables(postgres.url_of(name)))
        yield name


@pytest.fixture
def database_url(postgres: Postgres, migrated: str) -> Iterator[str]:
    """A database of one test's own."""
    with postgres.database(migrated) as name:
        yield postgres.url_of(name)


@pytest.fixture(scope="session")
def hosted(
    tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, migrated: str
) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("hosted") / "data"
    with postgres.database(migrated) as name:
        url = postgres.url_of(name)
        settings = settings_for(folder, now="2026-11-24T15:00:00Z", database_url=url)
        with running(settings) as found:
            yield found


@pytest.fixture
def start_server(database_url: str) -> Callable[..., object]:
    @contextmanager
    def start(settings: Settings) -> Iterator[RunningServer]:
        with running(settings.model_copy(update={"database_url": database_url})) as found:
            yield found

    return start


@pytest.fixture
def server(data: Path, database_url: str) -> Iterator[RunningServer]:
    with running(settings_for(data, database_url=database_url)) as found:
        yield found


@pytest.fixture
async def wiring(data: Path, database_url: str) -> AsyncIterator[Wiring]:
    made = wire(settings_for(data, database_url=database_url))
    async with made.running():
        yield made


@pytest.fixture(scope="session")
def furnished(
    tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, migrated: str
) -> Iterator[tuple[Path, dict[str, str], str]]:
    """As in `tests/server/access`; with the name of the database that each test begins with a copy of."""
    folder = tmp_path_factory.mktemp("furnished") / "data"
    with postgres.database(migrated) as name:
        users = asyncio.run(furnish(house_settings(folder, database_url=postgres.url_of(name))))
        yield folder, users, name


@pytest.fixture
async def house(
    tmp_path: Path,
    furnished: tuple[Path, dict[str, str], str],
    application: FastAPI,
    postgres: Postgres,
) -> AsyncIterator[House]:
    template, users, name = furnished
    shutil.copytree(template, tmp_path / "data")
    with postgres.database(name) as copy:
        settings = house_settings(tmp_path / "data", database_url=postgres.url_of(copy))
        async with open_house(settings, users, application) as found:
            yield found
