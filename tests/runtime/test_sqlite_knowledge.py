"""The index in SQLite keeps the contract; what only a file has is tested beside it."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import stat
from pathlib import Path

import pytest

from auterity_sdk.ai.knowledge.index import Contents, Indexed, KnowledgeIndex
from auterity_sdk.ai.knowledge.passage import Passage, Place
from auterity_sdk.errors import StoreUnavailable
from auterity_sdk.runtime.sqlite_knowledge import SqliteKnowledgeIndex
from auterity_sdk.testing.knowledge_contract import KnowledgeIndexContract


class TestSqliteKnowledgeIndex(KnowledgeIndexContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path
        self.numbers = itertools.count()

    def index(self) -> KnowledgeIndex:
        self.path = self.folder / f"{next(self.numbers)}.db"
        return SqliteKnowledgeIndex(self.path)

    def again(self, index: KnowledgeIndex) -> KnowledgeIndex:
        return SqliteKnowledgeIndex(self.path)


def test_the_file_is_its_owners_and_a_look_makes_none(tmp_path: Path) -> None:
    path = tmp_path / ".auterity" / "knowledge-documents.db"
    index = SqliteKnowledgeIndex(path)
    asyncio.run(index.contents())
    assert not path.exists()
    asyncio.run(index.put("m", "a.md", "h", []))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_forgotten_is_in_no_table(tmp_path: Path) -> None:
    path = tmp_path / "k.db"
    index = SqliteKnowledgeIndex(path)
    passage = Passage("a.md", Place(("Title",)), "zebra")
    asyncio.run(index.put("m", "a.md", "h", [Indexed(passage, [1.0])]))
    asyncio.run(index.remove("m", "a.md"))
    with sqlite3.connect(path) as database:
        counts = "SELECT (SELECT count(*) FROM document), (SELECT count(*) FROM passage), (SELECT count(*) FROM passage_words)"
        assert database.execute(counts).fetchone() == (0, 0, 0)
    database.close()


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "k.db"
    path.write_bytes(b"no database at all, but text" * 100)
    with pytest.raises(StoreUnavailable, match=r"k\.db"):
        asyncio.run(SqliteKnowledgeIndex(path).contents())


def test_an_index_of_another_version_is_as_one_that_was_not_built(tmp_path: Path) -> None:
    path = tmp_path / "k.db"
    passage = Passage("a.md", Place(("Title",)), "zebra")
    index = SqliteKnowledgeIndex(path)
    asyncio.run(index.put("m", "a.md", "h", [Indexed(passage, [1.0])]))
    asyncio.run(index.show("m"))
    with sqlite3.connect(path) as database:
        database.execute("ALTER TABLE document DROP COLUMN vectors")
        database.execute("PRAGMA user_version = 1")
    database.close()
    assert asyncio.run(index.contents()) == Contents()
    asyncio.run(index.put("m", "a.md", "h", [Indexed(passage, [1.0])]))
    asyncio.run(index.show("m"))
    assert asyncio.run(index.contents()) == Contents("m", 1, 1)
