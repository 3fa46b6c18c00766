"""A language model of which a test says what it answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from auterity_sdk.ai.language_model import Answer, OnText, Usage, Vectors, Verdict
from auterity_sdk.ai.request import Request
from auterity_sdk.errors import StepError, UsageError

Scripted = Answer | StepError | str | dict[str, Any]
"""An answer in full, an error that is raised, its text, or data that is its text as JSON."""

_USAGE = Usage(10, 5)


@dataclass
class ScriptedModel:
    """Gives its answers in order, or what `reply` makes of each request. `requests` are those that came.

    Raises `UsageError` where more is asked than was scripted.
    """

    answers: Iterable[Scripted] = ()
    reply: Callable[[Request], Scripted] | None = None
    provider: str = "scripted"
    model: str = "scripted-1"
    vectors: Callable[[str], tuple[float, ...]] | None = None
    categories: tuple[str, ...] = ()
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._left = iter(self.answers)

    async def answer(self, request: Request, on_text: OnText | None = None) -> Answer:
        """The next answer."""
        self.requests.append(request)
        said = self.reply(request) if self.reply is not None else next(self._left, None)
        if said is None:
            raise UsageError(f"the model was scripted for {len(self.requests) - 1} requests")
        if isinstance(said, StepError):
            raise said
        answer = said if isinstance(said, Answer) else self._answer(said, request)
        if on_text is not None and answer.text:
            on_text(answer.text)
        return answer

    async def embed(self, texts: Sequence[str], model: str = "") -> Vectors:
        """What `vectors` makes of each text."""
        if self.vectors is None:
            raise UsageError("the model was scripted for no vectors")
        made = tuple(self.vectors(text) for text in texts)
        return Vectors(made, Usage(len(texts), 0), self.provider, model or self.model)

    async def moderate(self, text: str) -> Verdict:  # noqa: ARG002 - the same of every text
        """The scripted categories."""
        return Verdict(self.categories, _USAGE, self.provider, self.model)

    def _answer(self, said: str | dict[str, Any], request: Request) -> Answer:
        text = said if isinstance(said, str) else json.dumps(said)
        model = request.model or self.model
        return Answer(text=text, usage=_USAGE, provider=self.provider, model=model)
