"""The ports to language models, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from auterity_sdk.ai.request import Request, ToolCall

OFFLINE = "offline"
"""The provider that is no model: rules on this machine. What it answers is marked by this name."""

RECORDED = "recorded"
"""The provider that gives kept answers. They were paid for once."""

LANGCHAIN = "langchain"
"""The provider of what a runnable of LangChain answers, whichever model is in it."""

Finish = Literal["stop", "length", "calls", "refused", "filtered"]
"""Why an answer ended: all said; the bound of tokens; tools are asked for; the model or its provider would not."""


class Usage(Struct, frozen=True):
    """Tokens that a call took. `cached` of the `input` ones were read from the provider's cache."""

    input: int
    output: int
    cached: int = 0
    estimated: bool = False
    """The provider did not say, so it was reckoned by the length of the texts."""


UNSPENT = frozenset({"rate_limited", "overloaded", "unauthorized", "bad_input", "unrecorded"})
"""Errors of a model that come before it has worked, and cost nothing."""

Member = tuple[str, str]
"""Who may answer: a provider, and a model of it."""


class Answer(Struct, frozen=True, kw_only=True):
    """What a model answered. `refusal` is its own text of why not."""

    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    refusal: str = ""
    finish: Finish = "stop"
    usage: Usage
    provider: str
    model: str
    id: str = ""
    """The provider's name of this answer."""
    before: tuple[Member, ...] = ()
    """Who was asked before and gave no answer, but may have worked on one."""


class Vectors(Struct, frozen=True):
    """One vector for each text, in their order, each of length 1."""

    vectors: tuple[tuple[float, ...], ...]
    usage: Usage
    provider: str
    model: str


class Verdict(Struct, frozen=True):
    """What a moderation found: the categories that the text falls under, sorted."""

    categories: tuple[str, ...]
    usage: Usage
    provider: str
    model: str

    @property
    def flagged(self) -> bool:
        """Whether there is anything."""
        return bool(self.categories)


ANEW = ""
"""A piece that says that those before it are void: another answer begins."""

OnText = Callable[[str], None]
"""Told each piece of an answer's text as it comes, or `ANEW`."""


class LanguageModel(Protocol):
    """Answers requests.

    Each method makes one attempt and raises `StepError`, `retryable` where another attempt may help: of type
    `rate_limited` (with `retry_after`), `overloaded`, `network`, `timeout`, `bad_answer`, `bad_input`,
    `unauthorized` or `unrecorded`. Retries are the engine's.
    """

    provider: str
    """`openai`, `azure`, `offline`, …: it is in each answer, and what prices go by."""
    model: str
    """The model that answers where a request names none."""

    async def answer(self, request: Request, on_text: OnText | None = None) -> Answer:
        """The answer, whole; with `on_text` its pieces are told as they come."""
        ...

    async def embed(self, texts: Sequence[str], model: str = "") -> Vectors:
        """A vector for each text."""
        ...

    async def moderate(self, text: str) -> Verdict:
        """What is harmful in a text."""
        ...
