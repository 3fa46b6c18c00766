"""The index of passages in a SQLite file: words by its full-text index, vectors by exact cosine."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from auterity_sdk.ai.knowledge.index import Contents, Indexed, Vector
from auterity_sdk.ai.knowledge.passage import Hit, Passage, Place
from auterity_sdk.ai.knowledge.ranking import fused
from auterity_sdk.connections.private_database import transaction
from auterity_sdk.errors import ConfigurationError

# The words are stemmed as English; accents do not count. What is in `passage_words` goes by the rowid of `passage`.
# The vectors of a document are together, in the order of its passages: a search reads them all.
_VERSION = 2
_TABLES = ("passage_words", "passage", "document", "shown")
_SCHEMA = """
CREATE TABLE shown (model TEXT NOT NULL);
CREATE TABLE document (
    id INTEGER PRIMARY KEY, model TEXT NOT NULL, file TEXT NOT NULL, hash TEXT NOT NULL, vectors BLOB NOT NULL,
    UNIQUE (model, file)
);
CREATE TABLE passage (
    id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES document (id), place TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX passages_of_document ON passage (document);
CREATE VIRTUAL TABLE passage_words USING fts5 (
    headings, text, tokenize = 'porter unicode61 remove_diacritics 2'
)
"""
_WORD = re.compile(r"\w+")
_CANDIDATES = 50
"""Passages that each way of searching gives to the common ranking."""
_BY_WORDS = """
SELECT passage_words.rowid FROM passage_words
JOIN passage ON passage.id = passage_words.rowid JOIN document ON document.id = passage.document
JOIN shown ON shown.model = document.model
WHERE passage_words MATCH ? ORDER BY bm25(passage_words, 2.0, 1.0), passage_words.rowid LIMIT ?
"""
_VECTORS = (
    "SELECT vectors FROM document JOIN shown ON shown.model = document.model ORDER BY document.id"
)
_OF_VECTORS = """
SELECT passage.id FROM document JOIN shown ON shown.model = document.model
JOIN passage ON passage.document = document.id ORDER BY document.id, passage.id
"""
_FOUND = "SELECT passage.id, file, place, text FROM passage JOIN document ON document.id = passage.document WHERE passage.id IN "


class SqliteKnowledgeIndex:
    """`KnowledgeIndex` in the file `path`, which holds the texts of the documents in clear."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def contents(self) -> Contents:
        """What is seen; nothing where there is no file yet."""
        return await asyncio.to_thread(self._contents)

    async def hashes(self, model: str) -> Mapping[str, str]:
        """The files that are kept for a model."""
        return await asyncio.to_thread(self._hashes, model)

    async def put(self, model: str, file: str, hash: str, passages: Sequence[Indexed]) -> None:
        """Keep a file's passages."""
        await asyncio.to_thread(self._put, model, file, hash, passages)

    async def remove(self, model: str, file: str) -> None:
        """Forget a file."""
        await asyncio.to_thread(self._remove, model, file)

    async def show(self, model: str) -> None:
        """Let this model's passages be seen alone."""
        await asyncio.to_thread(self._show, model)

    async def search(self, words: Sequence[str], vector: Vector, most: int) -> list[Hit]:
        """The nearest passages by both, their ranks joined."""
        return await asyncio.to_thread(self._search, words, vector, most)

    def _contents(self) -> Contents:
        if not self._path.exists():
            return Contents()
        with _opened(self._path) as database:
            shown = database.execute("SELECT model FROM shown").fetchone()
            if shown is None:
                return Contents()
            count = (
                "SELECT count(DISTINCT document.id), count(passage.id) FROM document"
                " LEFT JOIN passage ON passage.document = document.id WHERE model = ?"
            )
            return Contents(shown[0], *database.execute(count, shown).fetchone())

    def _hashes(self, model: str) -> Mapping[str, str]:
        with _opened(self._path) as database:
            return dict(
                database.execute("SELECT file, hash FROM document WHERE model = ?", (model,))
            )

    def _put(self, model: str, file: str, hash: str, passages: Sequence[Indexed]) -> None:
        with _opened(self._path) as database:
            _forget(database, "model = ? AND file = ?", (model, file))
            vectors = array("f", chain.from_iterable(each.vector for each in passages)).tobytes()
            made = database.execute(
                "INSERT INTO document (model, file, hash, vectors) VALUES (?, ?, ?, ?)",
                (model, file, hash, vectors),
            )
            for each in passages:
                _insert(database, made.lastrowid, each.passage)

    def _remove(self, model: str, file: str) -> None:
        with _opened(self._path) as database:
            _forget(database, "model = ? AND file = ?", (model, file))

    def _show(self, model: str) -> None:
        with _opened(self._path) as database:
            _forget(database, "model <> ?", (model,))
            database.execute("DELETE FROM shown")
            database.execute("INSERT INTO shown VALUES (?)", (model,))

    def _search(self, words: Sequence[str], vector: Vector, most: int) -> list[Hit]:
        with _opened(self._path) as database:
            ranked = fused([_by_words(database, words), _by_vector(database, vector)])[:most]
            found = _passages(database, [identity for identity, _ in ranked])
        return [Hit(found[identity], score) for identity, score in ranked]


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A transaction in the index. One of another version is emptied: all that is in it can be built again."""
    with transaction(path, "") as database:
        if database.execute("PRAGMA user_version").fetchone() != (_VERSION,):
            for table in _TABLES:
                database.execute(f"DROP TABLE IF EXISTS {table}")
            for statement in _SCHEMA.split(";"):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {_VERSION}")
        yield database


def _forget(database: sqlite3.Connection, which: str, values: Iterable[str]) -> None:
    """Take out documents and all that is of them; `which` is a condition of our own on `document`."""
    documents = [
        row[0]
        for row in database.execute(f"SELECT id FROM document WHERE {which}", tuple(values))  # noqa: S608
    ]
    for document in documents:
        database.execute(
            "DELETE FROM passage_words WHERE rowid IN (SELECT id FROM passage WHERE document = ?)",
            (document,),
        )
        database.execute("DELETE FROM passage WHERE document = ?", (document,))
        database.execute("DELETE FROM document WHERE id = ?", (document,))


def _insert(database: sqlite3.Connection, document: int | None, passage: Passage) -> None:
    made = database.execute(
        "INSERT INTO passage (document, place, text) VALUES (?, ?, ?)",
        (document, msgspec.json.encode(passage.place).decode(), passage.text),
    )
    database.execute(
        "INSERT INTO passage_words (rowid, headings, text) VALUES (?, ?, ?)",
        (made.lastrowid, "\n".join(passage.place.headings), passage.text),
    )


def _by_words(database: sqlite3.Connection, words: Sequence[str]) -> list[int]:
    """By BM25. A word in quotes is only a word, whatever it would mean to the full-text index without them."""
    asked = " OR ".join(f'"{part}"' for word in words for part in _WORD.findall(word))
    if not asked:
        return []
    return [row[0] for row in database.execute(_BY_WORDS, (asked, _CANDIDATES))]


def _by_vector(database: sqlite3.Connection, vector: Vector) -> list[int]:
    """By the exact cosine: all vectors have length 1."""
    numpy = _numpy()
    vectors = b"".join(row[0] for row in database.execute(_VECTORS))
    if not vectors or not any(vector):
        return []
    passages = [row[0] for row in database.execute(_OF_VECTORS)]
    matrix = numpy.frombuffer(vectors, dtype="float32").reshape(len(passages), -1)
    nearness = matrix @ numpy.asarray(vector, dtype="float32")
    best = numpy.argsort(-nearness, kind="stable")[:_CANDIDATES]
    return [passages[place] for place in best if nearness[place] > 0]


def _numpy() -> Any:
    try:
        import numpy
    except ImportError:
        raise ConfigurationError(
            "vectors are compared by numpy, which is not installed",
            help="pip install 'auterity[knowledge]'",
        ) from None
    return numpy


def _passages(database: sqlite3.Connection, identities: Sequence[int]) -> dict[int, Passage]:
    marks = ", ".join("?" * len(identities))
    rows = database.execute(f"{_FOUND} ({marks})", tuple(identities))
    return {
        identity: Passage(file, msgspec.convert(json.loads(place), Place), text)
        for identity, file, place, text in rows
    }
