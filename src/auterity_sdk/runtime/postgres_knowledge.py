"""The index of passages in PostgreSQL: words by its full-text search, vectors by pgvector, which is exact here."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, LiteralString, TypeVar

import msgspec

from auterity_sdk.ai.knowledge.index import Contents, Indexed, Vector
from auterity_sdk.ai.knowledge.passage import Hit, Passage, Place
from auterity_sdk.ai.knowledge.ranking import fused
from auterity_sdk.dealership.folding import fold
from auterity_sdk.errors import ConfigurationError, StoreUnavailable

if TYPE_CHECKING:
    import psycopg

Given = TypeVar("Given")

_PATIENCE = 10
"""Seconds until a database that does not answer is one that is not there."""
_WORD = re.compile(r"\w+")
_CANDIDATES = 50
"""Passages that each way of searching gives to the common ranking."""

# Several processes may be the first at once.
_SCHEMA: tuple[LiteralString, ...] = (
    "SELECT pg_advisory_xact_lock(hashtext('auterity knowledge'))",
    "CREATE EXTENSION IF NOT EXISTS vector",
    "CREATE TABLE IF NOT EXISTS knowledge_shown (knowledge text PRIMARY KEY, model text NOT NULL)",
    """CREATE TABLE IF NOT EXISTS knowledge_document (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, knowledge text NOT NULL, model text NOT NULL,
        file text NOT NULL, hash text NOT NULL, UNIQUE (knowledge, model, file))""",
    """CREATE TABLE IF NOT EXISTS knowledge_passage (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        document bigint NOT NULL REFERENCES knowledge_document ON DELETE CASCADE,
        place text NOT NULL, text text NOT NULL, words tsvector NOT NULL, vector vector NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS knowledge_passage_document ON knowledge_passage (document)",
    "CREATE INDEX IF NOT EXISTS knowledge_passage_words ON knowledge_passage USING gin (words)",
)
_PUT = """INSERT INTO knowledge_passage (document, place, text, words, vector)
    VALUES (%s, %s, %s, setweight(to_tsvector('english', %s), 'A') || setweight(to_tsvector('english', %s), 'B'),
    %s::vector)"""
# By itself, so that no vector of another model, which may have another length, is compared.
_SEEN = """WITH seen AS MATERIALIZED (
    SELECT passage.id, file, place, passage.text, words, vector FROM knowledge_shown AS shown
    JOIN knowledge_document AS document USING (knowledge, model)
    JOIN knowledge_passage AS passage ON passage.document = document.id WHERE shown.knowledge = %s)"""
_BY_WORDS = (
    _SEEN  # noqa: S608 - fixed words
    + """ SELECT id FROM seen, to_tsquery('english', %s) AS asked
    WHERE words @@ asked ORDER BY ts_rank(words, asked) DESC, id LIMIT %s"""
)
_BY_VECTOR = (
    _SEEN  # noqa: S608 - fixed words
    + """ SELECT id FROM seen WHERE vector <#> %s::vector < 0
    ORDER BY vector <#> %s::vector, id LIMIT %s"""
)
_FOUND = _SEEN + " SELECT id, file, place, text FROM seen WHERE id = ANY(%s)"  # noqa: S608 - fixed words
_CONTENTS = """SELECT count(DISTINCT document.id), count(passage.id) FROM knowledge_document AS document
    LEFT JOIN knowledge_passage AS passage ON passage.document = document.id
    WHERE knowledge = %s AND model = %s"""
_FORGET = "DELETE FROM knowledge_document WHERE knowledge = %s AND model = %s AND file = %s"


class PostgresKnowledgeIndex:
    """`KnowledgeIndex` of the name `knowledge` in a database with pgvector, which holds the documents' texts in clear."""

    def __init__(self, url: str, knowledge: str) -> None:
        self._url = url.replace("+psycopg", "", 1)
        self._name = knowledge
        self._is_there = False

    async def contents(self) -> Contents:
        """What is seen."""
        return await self._do(self._contents)

    async def hashes(self, model: str) -> Mapping[str, str]:
        """The files that are kept for a model."""
        query = "SELECT file, hash FROM knowledge_document WHERE knowledge = %s AND model = %s"
        return await self._do(
            lambda database: dict(database.execute(query, (self._name, model)).fetchall())
        )

    async def put(self, model: str, file: str, hash: str, passages: Sequence[Indexed]) -> None:
        """Keep a file's passages."""
        await self._do(lambda database: self._put(database, model, file, hash, passages))

    async def remove(self, model: str, file: str) -> None:
        """Forget a file."""
        await self._do(lambda database: database.execute(_FORGET, (self._name, model, file)))

    async def show(self, model: str) -> None:
        """Let this model's passages be seen alone."""
        await self._do(lambda database: self._show(database, model))

    async def search(self, words: Sequence[str], vector: Vector, most: int) -> list[Hit]:
        """The nearest passages by both, their ranks joined."""
        return await self._do(lambda database: self._search(database, words, vector, most))

    async def _do(self, work: Callable[[psycopg.Connection[Any]], Given]) -> Given:
        """In one transaction, on a thread: an index is asked seldom, and from any loop."""

        def done() -> Given:
            with self._opened() as database:
                return work(database)

        return await asyncio.to_thread(done)

    @contextmanager
    def _opened(self) -> Iterator[psycopg.Connection[Any]]:
        psycopg = _psycopg()
        try:
            with psycopg.connect(self._url, connect_timeout=_PATIENCE) as database:
                if not self._is_there:
                    for statement in _SCHEMA:
                        database.execute(statement)
                yield database
            self._is_there = True
        except (psycopg.errors.FeatureNotSupported, psycopg.errors.UndefinedFile):
            raise ConfigurationError(
                "the PostgreSQL of the knowledge has no pgvector",
                help="install it there (Debian: postgresql-17-pgvector; or the image pgvector/pgvector:0.8.1-pg17)",
            ) from None
        except psycopg.errors.InsufficientPrivilege:
            raise ConfigurationError(
                "the knowledge's user may not make its tables, or turn pgvector on",
                help="as the database's owner: CREATE EXTENSION vector; GRANT CREATE ON SCHEMA public TO the user",
            ) from None
        except psycopg.Error as error:
            # Its text may hold the address, the user and values.
            raise StoreUnavailable(
                f"the index of the knowledge `{self._name}` cannot be used ({type(error).__name__})",
                help="is its PostgreSQL there, and the address in the settings right?",
            ) from None

    def _contents(self, database: psycopg.Connection[Any]) -> Contents:
        shown = database.execute(
            "SELECT model FROM knowledge_shown WHERE knowledge = %s", (self._name,)
        ).fetchone()
        if shown is None:
            return Contents()
        counted = database.execute(_CONTENTS, (self._name, shown[0])).fetchone()
        return Contents(shown[0], *(counted or (0, 0)))

    def _put(
        self,
        database: psycopg.Connection[Any],
        model: str,
        file: str,
        hash: str,
        passages: Sequence[Indexed],
    ) -> None:
        database.execute(_FORGET, (self._name, model, file))
        made = database.execute(
            "INSERT INTO knowledge_document (knowledge, model, file, hash) VALUES (%s, %s, %s, %s) RETURNING id",
            (self._name, model, file, hash),
        ).fetchone()
        assert made is not None  # noqa: S101 - an INSERT that returns gives a row, or raises
        with database.cursor() as cursor:
            cursor.executemany(_PUT, [_row(made[0], each) for each in passages])

    def _show(self, database: psycopg.Connection[Any], model: str) -> None:
        database.execute(
            "DELETE FROM knowledge_document WHERE knowledge = %s AND model <> %s",
            (self._name, model),
        )
        database.execute(
            "INSERT INTO knowledge_shown VALUES (%s, %s)"
            " ON CONFLICT (knowledge) DO UPDATE SET model = EXCLUDED.model",
            (self._name, model),
        )

    def _search(
        self, database: psycopg.Connection[Any], words: Sequence[str], vector: Vector, most: int
    ) -> list[Hit]:
        rankings = [self._by_words(database, words), self._by_vector(database, vector)]
        ranked = fused(rankings)[:most]
        rows = database.execute(_FOUND, (self._name, [identity for identity, _ in ranked]))
        found = {
            identity: Passage(file, msgspec.convert(json.loads(place), Place), text)
            for identity, file, place, text in rows
        }
        return [Hit(found[identity], score) for identity, score in ranked]

    def _by_words(self, database: psycopg.Connection[Any], words: Sequence[str]) -> list[int]:
        """Each word in quotes: it is only a word, whatever it would mean to a query without them."""
        parts = [part for word in words for part in _WORD.findall(fold(word))]
        if not parts:
            return []
        asked = " | ".join(f"'{part}'" for part in parts)
        rows = database.execute(_BY_WORDS, (self._name, asked, _CANDIDATES))
        return [row[0] for row in rows]

    def _by_vector(self, database: psycopg.Connection[Any], vector: Vector) -> list[int]:
        """By the cosine: all vectors have length 1, so that it is their product."""
        if not any(vector):
            return []
        near = _written(vector)
        rows = database.execute(_BY_VECTOR, (self._name, near, near, _CANDIDATES))
        return [row[0] for row in rows]


def _row(document: int, each: Indexed) -> tuple[Any, ...]:
    passage = each.passage
    return (
        document,
        msgspec.json.encode(passage.place).decode(),
        passage.text,
        fold("\n".join(passage.place.headings)),
        fold(passage.text),
        _written(each.vector),
    )


def _written(vector: Vector) -> str:
    return json.dumps([float(each) for each in vector])


def _psycopg() -> Any:
    try:
        import psycopg
    except ImportError:
        raise ConfigurationError(
            "the knowledge is in PostgreSQL, and psycopg is not installed",
            help="pip install 'auterity[scaled]', or leave `database` out of its table",
        ) from None
    return psycopg
