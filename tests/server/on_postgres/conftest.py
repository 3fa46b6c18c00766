"""The server of these tests keeps everything in PostgreSQL; all else is as in `tests/server`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from auterity_server.settings import Settings
from auterity_server.wiring import Wiring, wire
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
