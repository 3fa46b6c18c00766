"""The port to an index of passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from auterity_sdk.ai.knowledge.passage import Hit, Passage
from auterity_sdk.ai.language_model import Vectors

Vector = Sequence[float]


class Indexed(Struct, frozen=True):
    """A passage with its vector, of length 1, or of 0 where no word is in the text."""

    passage: Passage
    vector: Vector


class Contents(Struct, frozen=True):
    """What an index holds. `model` made its vectors; empty where nothing was built."""

    model: str = ""
    files: int = 0
    passages: int = 0


class KnowledgeIndex(Protocol):
    """Keeps the passages of documents, and finds them.

    Passages belong to the model that made their vectors. Those of one model are seen, and the others are not: an
    index that is built for another model shows the old one's passages until `show` is called. Each call is done
    whole or not at all. Each raises `StoreUnavailable` where its storage does.
    """

    async def contents(self) -> Contents:
        """What is seen."""
        ...

    async def hashes(self, model: str) -> Mapping[str, str]:
        """The files that are kept for a model, each with the hash that it was put with."""
        ...

    async def put(self, model: str, file: str, hash: str, passages: Sequence[Indexed]) -> None:
        """Keep a file's passages in the place of those that it had."""
        ...

    async def remove(self, model: str, file: str) -> None:
        """Forget a file's passages."""
        ...

    async def show(self, model: str) -> None:
        """Let the passages of this model be seen, and forget those of every other."""
        ...

    async def search(self, words: Sequence[str], vector: Vector, most: int) -> list[Hit]:
        """The passages that are nearest by words and by vector, the best first; `most` are the most."""
        ...


def named(vectors: Vectors) -> str:
    """The model that made vectors, by provider and name: `openai/text-embedding-3-small`."""
    return f"{vectors.provider}/{vectors.model}"
