"""Finds passages that answer a question."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from auterity_sdk.ai.knowledge.index import KnowledgeIndex, named
from auterity_sdk.ai.knowledge.passage import Hit
from auterity_sdk.ai.knowledge.query_words import query_words
from auterity_sdk.ai.language_model import LanguageModel, Usage
from auterity_sdk.errors import ConfigurationError

MOST = 50
"""Passages that one search gives at most."""


class Answered(Struct, frozen=True):
    """What was found, the best first, and what it took. `model` made the vectors."""

    hits: tuple[Hit, ...]
    model: str
    usage: Usage


class Knowledge(Protocol):
    """The port to a dealer's documents."""

    async def search(self, question: str, most: int = 5) -> Answered:
        """The passages that answer a question. Raises `ConfigurationError`, and `StepError` as a model does."""
        ...


class IndexedKnowledge:
    """`Knowledge` of one name: its index, and the model that its vectors are made by."""

    def __init__(
        self, name: str, index: KnowledgeIndex, model: LanguageModel, embedding_model: str = ""
    ) -> None:
        self._name = name
        self._index = index
        self._model = model
        self._embedding_model = embedding_model

    async def search(self, question: str, most: int = 5) -> Answered:
        """The passages that are nearest, by words and by vector. Raises `ConfigurationError` where the index was not
        built, or by another model than the one that answers now."""
        contents = await self._index.contents()
        again = f"auterity knowledge build {self._name}"
        if not contents.model:
            raise ConfigurationError(f"the knowledge `{self._name}` was not built yet", help=again)
        vectors = await self._model.embed([question], self._embedding_model)
        if named(vectors) != contents.model:
            raise ConfigurationError(
                f"the knowledge `{self._name}` was built by {contents.model}, and {named(vectors)} answers now",
                help=again,
            )
        hits = await self._index.search(
            query_words(question), vectors.vectors[0], max(1, min(most, MOST))
        )
        return Answered(tuple(hits), contents.model, vectors.usage)
