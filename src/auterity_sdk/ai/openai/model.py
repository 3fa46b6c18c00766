"""The port to language models on the official client of OpenAI."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from auterity_sdk.ai.language_model import Answer, OnText, Usage, Vectors, Verdict
from auterity_sdk.ai.openai.client import AZURE, OPENAI, Endpoint
from auterity_sdk.ai.openai.said import Said
from auterity_sdk.ai.request import Request
from auterity_sdk.ai.tokens import tokens_of
from auterity_sdk.errors import ConfigurationError

EMBEDDING_MODEL = "text-embedding-3-small"
MODERATION_MODEL = "omni-moderation-latest"


class OpenAIModel:
    """A model behind an endpoint. Each call is made once: the client's own retries are off.

    The connection is opened at the first call. Without `embedding_model`, OpenAI itself is asked for its usual one.
    Answers of OpenAI and Azure name the version that answered. What other servers call their model is of no use to
    who looks for its price, so their answers name the one that was asked, as all do where `as_asked` is true.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        model: str,
        embedding_model: str = "",
        *,
        as_asked: bool = False,
    ) -> None:
        from auterity_sdk.ai.openai.exchange import Exchange  # here: it takes the client

        self.provider = endpoint.provider
        self.model = model
        usual = EMBEDDING_MODEL if endpoint.provider == OPENAI else ""
        self._embedding_model = embedding_model or usual
        self._as_asked = as_asked or endpoint.provider not in (OPENAI, AZURE)
        self._by_chat = endpoint.asked_by == "chat"
        self._exchange = Exchange(endpoint)

    async def answer(self, request: Request, on_text: OnText | None = None) -> Answer:
        """The answer, whole; with `on_text` it is streamed."""
        from auterity_sdk.ai.openai.failures import Filtered

        model = request.model or self.model
        try:
            said = await self._said(request, model, on_text)
        except Filtered:
            # Refused before a model read it, so no token was taken.
            said = Said(finish="filtered", usage=Usage(0, 0, estimated=True))
        if self._as_asked:
            said.model = model
        return said.answer(request, self.provider, model)

    async def _said(self, request: Request, model: str, on_text: OnText | None) -> Said:
        if self._by_chat:
            newer = self.provider in (OPENAI, AZURE)
            return await self._exchange.chat(request, model, on_text, newer=newer)
        return await self._exchange.respond(request, model, on_text)

    async def embed(self, texts: Sequence[str], model: str = "") -> Vectors:
        """A vector for each text. Raises `ConfigurationError` where no model for it is known."""
        model = model or self._embedding_model
        if not model:
            raise ConfigurationError(
                f"no model for embeddings is known of {self._exchange.host}",
                help="write embedding_model in the connection's table",
            )
        if not texts:
            return Vectors((), Usage(0, 0), self.provider, model)
        found, taken = await self._exchange.embed(texts, model)
        taken = taken or Usage(sum(map(tokens_of, texts)), 0, estimated=True)
        return Vectors(tuple(map(_of_length_one, found)), taken, self.provider, model)

    async def moderate(self, text: str) -> Verdict:
        """What is harmful in a text. Only OpenAI itself offers it, and takes nothing for it."""
        found = await self._exchange.moderate(text, MODERATION_MODEL)
        return Verdict(tuple(sorted(found)), Usage(0, 0), self.provider, MODERATION_MODEL)


def _of_length_one(vector: Sequence[float]) -> tuple[float, ...]:
    length = sqrt(sum(each * each for each in vector))
    return tuple(each / length for each in vector) if length else tuple(vector)
