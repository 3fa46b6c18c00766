"""A bound on what is asked: the longest text that goes to a model, so that what a call costs has one too."""

from __future__ import annotations

from collections.abc import Sequence

from auterity_sdk.ai.language_model import Answer, LanguageModel, OnText, Vectors, Verdict
from auterity_sdk.ai.request import Request
from auterity_sdk.ai.tokens import most_tokens_of_text
from auterity_sdk.errors import StepError


class BoundedModel:
    """A model that is asked no request of which the texts may have more than `longest` tokens.

    Such a request is refused before anything is sent: it fails as `bad_input`.
    """

    def __init__(self, model: LanguageModel, longest: int) -> None:
        self.provider = model.provider
        self.model = model.model
        self._asked = model
        self._longest = longest

    async def answer(self, request: Request, on_text: OnText | None = None) -> Answer:
        """The model's answer."""
        tokens = most_tokens_of_text(request)
        if tokens > self._longest:
            raise StepError(
                f"what is asked may have {tokens:,} tokens, and {self._longest:,} are the most",
                type="bad_input",
                help="give the step a shorter text, or raise `max_input_tokens` of the connection",
            )
        return await self._asked.answer(request, on_text)

    async def embed(self, texts: Sequence[str], model: str = "") -> Vectors:
        """The model's vectors."""
        return await self._asked.embed(texts, model)

    async def moderate(self, text: str) -> Verdict:
        """The model's verdict."""
        return await self._asked.moderate(text)
