"""The index in PostgreSQL keeps the same contract as the one in SQLite; what only a server has is tested beside it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from auterity_sdk.ai.knowledge.index import Contents, Indexed, KnowledgeIndex
from auterity_sdk.ai.knowledge.passage import Passage, Place
from auterity_sdk.errors import ConfigurationError, StoreUnavailable
from auterity_sdk.runtime.postgres_knowledge import PostgresKnowledgeIndex
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.project_knowledge import index_of
from auterity_sdk.runtime.settings import read_settings
from auterity_sdk.testing.knowledge_contract import KnowledgeIndexContract
from tests.services.postgres import Postgres

NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def url(vector_postgres: Postgres) -> Iterator[str]:
    with vector_postgres.database() as name:
        yield vector_postgres.url_of(name)


def new(url: str) -> PostgresKnowledgeIndex:
    return PostgresKnowledgeIndex(url, f"k{next(NUMBERS)}")


def passage(text: str, *vector: float) -> Indexed:
    return Indexed(Passage("a.md", Place(("Title",)), text), vector)


class TestPostgresKnowledgeIndex(KnowledgeIndexContract):
    """Each index has a name of its own in one database, so that the contract shows too that names are kept apart."""

    @pytest.fixture(autouse=True)
    def _database(self, url: str) -> None:
        self.url = url

    def index(self) -> KnowledgeIndex:
        self.made = new(self.url)
        return self.made

    def again(self, index: KnowledgeIndex) -> KnowledgeIndex:
        return PostgresKnowledgeIndex(self.url, self.made._name)


def test_one_name_sees_nothing_of_another(url: str) -> None:
    one, other = new(url), new(url)
    asyncio.run(one.put("m", "a.md", "h", [passage("zebra", 1.0)]))
    asyncio.run(one.show("m"))
    asyncio.run(other.show("m"))
    asyncio.run(other.remove("m", "a.md"))
    assert asyncio.run(other.search(["zebra"], [1.0], 5)) == []
    assert asyncio.run(one.contents()) == Contents("m", 1, 1)


def test_words_are_found_without_their_accents_and_are_only_words(url: str) -> None:
    index = new(url)
    asyncio.run(index.put("m", "a.md", "h", [passage("El camión está listo", 1.0)]))
    asyncio.run(index.show("m"))
    assert len(asyncio.run(index.search(["camion"], [0.0], 5))) == 1
    for odd in ("'", "a' | 'b", "!", "camión:*", "\\", "(", "%s"):
        asyncio.run(index.search([odd], [0.0], 5))


def test_vectors_of_another_length_are_those_of_a_model_that_is_not_seen(url: str) -> None:
    index = new(url)
    asyncio.run(index.put("old", "a.md", "h", [passage("zebra", 1.0, 0.0)]))
    asyncio.run(index.show("old"))
    asyncio.run(index.put("new", "a.md", "h", [passage("zebra", 1.0, 0.0, 0.0)]))
    assert len(asyncio.run(index.search([], [1.0, 0.0], 5))) == 1


def test_processes_that_begin_at_once_make_one_index(vector_postgres: Postgres) -> None:
    async def begin(url: str) -> None:
        found = await asyncio.gather(*(new(url).contents() for _ in range(6)))
        assert found == [Contents()] * 6

    with vector_postgres.database() as name:
        asyncio.run(begin(vector_postgres.url_of(name)))


def test_a_database_without_pgvector_is_told(postgres: Postgres, postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as database:
        query = "SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'"
        found = database.execute(query).fetchone()
    if found == (1,):  # where the only PostgreSQL of the machine is the one with it
        assert asyncio.run(new(postgres_url).contents()) == Contents()
        return
    with pytest.raises(ConfigurationError, match="no pgvector") as told:
        asyncio.run(new(postgres_url).contents())
    assert "pgvector" in str(told.value.help)


def test_a_user_that_may_not_is_told(vector_postgres: Postgres) -> None:
    with vector_postgres.database() as name:
        owner = vector_postgres.dsn_of(name)
        with psycopg.connect(owner) as database:
            database.execute("DROP ROLE IF EXISTS reader")
            database.execute("CREATE ROLE reader LOGIN")
        url = vector_postgres.url_of(name).replace("postgres@", "reader@")
        with pytest.raises(ConfigurationError, match="may not make its tables"):
            asyncio.run(new(url).contents())


def test_a_server_that_is_away_is_told_without_its_address() -> None:
    index = PostgresKnowledgeIndex("postgresql://user:hunter2@127.0.0.1:1/x", "manuals")
    with pytest.raises(StoreUnavailable, match="manuals") as told:
        asyncio.run(index.contents())
    assert "hunter2" not in str(told.value) + str(told.value.help)


def test_a_project_names_where_the_address_is(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "auterity.toml").write_text(
        '[knowledge.manuals]\nfolders = ["docs"]\ndatabase = "env:KNOWLEDGE_URL"\n'
    )
    monkeypatch.setenv("KNOWLEDGE_URL", url)
    project = Project(tmp_path, read_settings(tmp_path / "auterity.toml"))
    index = index_of(project, "manuals")
    assert isinstance(index, PostgresKnowledgeIndex)
    assert asyncio.run(index.contents()) == Contents()
