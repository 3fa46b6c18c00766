"""A chain of models: the next is asked where one cannot answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from msgspec.structs import replace

from auterity_sdk.ai.language_model import (
    ANEW,
    UNSPENT,
    Answer,
    LanguageModel,
    Member,
    OnText,
    Vectors,
    Verdict,
)
from auterity_sdk.ai.request import Request
from auterity_sdk.errors import StepError

T = TypeVar("T")

GOES_ON = frozenset(
    ("rate_limited", "overloaded", "network", "timeout", "bad_answer", "unauthorized")
)
"""What another model may do better. A request that is wrong is so for all, and a refusal is an answer."""


class NoneAnswered(StepError):
    """The last one's error. `members` are who may have worked on an answer."""

    def __init__(self, last: StepError, members: Sequence[Member]) -> None:
        super().__init__(
            last.message,
            type=last.type,
            retryable=last.retryable,
            retry_after=last.retry_after,
            help=last.help,
        )
        self.members = tuple(members)


class FallbackModel:
    """The first model that can answer does; the last one's error is told where none can.

    What a request asks by a model's name is asked of the first alone: the others answer by their own.
    Where one's answer breaks off, the pieces of the next one's come behind `ANEW`: who reads along changes nothing of
    who answers. Vectors of two models cannot be compared, so for them only the first is asked.
    """

    def __init__(self, models: Sequence[LanguageModel]) -> None:
        self.provider = models[0].provider
        self.model = models[0].model
        self._models = tuple(models)

    async def answer(self, request: Request, on_text: OnText | None = None) -> Answer:
        """The first answer there is."""

        worked: list[Member] = []

        async def ask(model: LanguageModel) -> Answer:
            asked = request if model is self._models[0] else replace(request, model="")
            try:
                return await model.answer(asked, on_text)
            except StepError as error:
                if error.type not in UNSPENT:
                    worked.append((model.provider, asked.model or model.model))
                raise

        try:
            answer = await self._first(ask, on_text)
        except StepError as error:
            raise NoneAnswered(error, worked) from error
        return replace(answer, before=tuple(worked)) if worked else answer

    async def embed(self, texts: Sequence[str], model: str = "") -> Vectors:
        """The first model's vectors."""
        return await self._models[0].embed(texts, model)

    async def moderate(self, text: str) -> Verdict:
        """The first verdict there is."""
        return await self._first(lambda model: model.moderate(text))

    async def _first(
        self, ask: Callable[[LanguageModel], Awaitable[T]], on_text: OnText | None = None
    ) -> T:
        for model in self._models[:-1]:
            try:
                return await ask(model)
            except StepError as error:
                if error.type not in GOES_ON:
                    raise
                if on_text is not None:
                    on_text(ANEW)
        return await ask(self._models[-1])
