"""A database with the tables of runs, made once for each process of the tests; a copy for each test is soon made."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.server.run_store.stores_in_postgres import StoresInPostgres, make_tables
from tests.services.postgres import Postgres


@pytest.fixture(scope="session")
def with_tables(postgres: Postgres) -> Iterator[str]:
    """The name of a database that has all tables, and nothing in them."""
    with postgres.database() as name:
        asyncio.run(make_tables(postgres.url_of(name)))
        yield name


@pytest.fixture(scope="session")
def shared_url(postgres: Postgres, with_tables: str) -> Iterator[str]:
    """The URL of a database with all tables, for tests that stay in an environment of their own: what is copied has to be
    at rest."""
    with postgres.database(with_tables) as name:
        yield postgres.url_of(name)


@pytest.fixture
def runs_url(postgres: Postgres, with_tables: str) -> Iterator[str]:
    """The URL of a database with all tables, for one test."""
    with postgres.database(with_tables) as name:
        yield postgres.url_of(name)


@pytest.fixture
def stores(runs_url: str) -> StoresInPostgres:
    """Stores in it."""
    return StoresInPostgres(runs_url)
