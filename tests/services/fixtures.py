"""Real services for tests. `tests/conftest.py` gives them to all; each process of the tests has its own servers.

A test that kills a service takes `running_postgres()` or `running_redis()` instead: these here are shared.
A missing service is an error, never a skipped test: `dev.py test` installs it or says how.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services.binaries import postgres_with_vectors
from tests.services.postgres import Postgres, running_postgres
from tests.services.redis import Redis, running_redis


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL for all tests of this process: make a database of your own in it, `with postgres.database()`."""
    with running_postgres() as found:
        yield found


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The SQLAlchemy URL of a new and empty database, for one test."""
    with postgres.database() as name:
        yield postgres.url_of(name)


@pytest.fixture(scope="session")
def vector_postgres() -> Iterator[Postgres]:
    """A PostgreSQL that has pgvector: `CREATE EXTENSION vector` in a database of your own."""
    with running_postgres(postgres_with_vectors()) as found:
        yield found


@pytest.fixture(scope="session")
def shared_redis() -> Iterator[Redis]:
    """A Redis for all tests of this process."""
    with running_redis() as found:
        yield found


@pytest.fixture
def redis_url(shared_redis: Redis) -> str:
    """The URL of a Redis that is empty at the test's beginning."""
    shared_redis.empty()
    return shared_redis.url
