"""Builds an index from documents: only what has changed is read and embedded again."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from auterity_sdk.ai.knowledge.chunking import VERSION, passages
from auterity_sdk.ai.knowledge.documents.reading import read_document
from auterity_sdk.ai.knowledge.documents.section import Unreadable
from auterity_sdk.ai.knowledge.index import Indexed, KnowledgeIndex, named
from auterity_sdk.ai.knowledge.passage import Passage
from auterity_sdk.ai.language_model import LanguageModel, Usage, Vectors

BATCH = 64
"""Texts that are embedded in one call."""

Documents = Mapping[str, Callable[[], bytes]]
"""The files by their names, each with what reads its bytes (which may raise `Unreadable`)."""


class Told(Struct, frozen=True):
    """What was done with a file: `added`, `changed`, `removed`, or `unreadable` with the reason."""

    file: str
    done: str
    passages: int = 0
    why: str = ""


class Built(Struct):
    """What a build did. `files` and `passages` are all that are in the index now."""

    model: str = ""
    files: int = 0
    passages: int = 0
    unchanged: int = 0
    told: list[Told] = field(default_factory=list)
    tokens: int = 0
    estimated: bool = False

    def count(self, done: str) -> int:
        """How many files something was done with."""
        return sum(each.done == done for each in self.told)


class Build:
    """One build of an index. Whatever stops it, the index is right: each file is in it as it was, or as it is."""

    def __init__(
        self,
        index: KnowledgeIndex,
        model: LanguageModel,
        tell: Callable[[Told], None],
        embedding_model: str = "",
    ) -> None:
        self._index = index
        self._model = model
        self._embedding_model = embedding_model
        self._tell = tell
        self._built = Built()

    async def run(self, documents: Documents) -> Built:
        """Bring the index up to the documents. A file that cannot be read leaves it, and is told."""
        # Which model answers is known by an answer alone: a connection may leave it to the provider.
        self._built.model = model = named(await self._embed(["automobile"]))
        known = await self._index.hashes(model)
        for file in sorted(documents):
            await self._file(file, documents[file], known.get(file))
        for file in sorted(known.keys() - documents.keys()):
            await self._index.remove(model, file)
            self._told(Told(file, "removed"))
        await self._index.show(model)
        contents = await self._index.contents()
        self._built.files, self._built.passages = contents.files, contents.passages
        return self._built

    async def _file(self, file: str, read: Callable[[], bytes], known: str | None) -> None:
        try:
            content = read()
            hashed = _hash(content)
            if hashed == known:
                self._built.unchanged += 1
                return
            found = list(passages(file, read_document(file, content)))
        except Unreadable as error:
            if known is not None:
                await self._index.remove(self._built.model, file)
            self._told(Told(file, "unreadable", why=str(error)))
            return
        indexed = [each async for each in self._indexed(found)]
        await self._index.put(self._built.model, file, hashed, indexed)
        self._told(Told(file, "added" if known is None else "changed", len(indexed)))

    async def _indexed(self, found: Sequence[Passage]) -> AsyncIterator[Indexed]:
        for batch in _batches(found):
            vectors = await self._embed([each.indexed for each in batch])
            for passage, vector in zip(batch, vectors.vectors, strict=True):
                yield Indexed(passage, vector)

    async def _embed(self, texts: Sequence[str]) -> Vectors:
        vectors = await self._model.embed(texts, self._embedding_model)
        self._count(vectors.usage)
        return vectors

    def _count(self, usage: Usage) -> None:
        self._built.tokens += usage.input
        self._built.estimated |= usage.estimated

    def _told(self, told: Told) -> None:
        self._built.told.append(told)
        self._tell(told)


def _hash(content: bytes) -> str:
    return hashlib.sha256(VERSION.encode() + b"\0" + content).hexdigest()


def _batches(found: Sequence[Passage]) -> Iterator[Sequence[Passage]]:
    for start in range(0, len(found), BATCH):
        yield found[start : start + BATCH]
