"""So many requests and tokens a minute: a call waits for its turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from msgspec import Struct

from auterity_sdk.ai.language_model import Answer, LanguageModel, OnText, Usage, Vectors, Verdict
from auterity_sdk.ai.request import Request
from auterity_sdk.ai.tokens import tokens_asked, tokens_of
from auterity_sdk.errors import StepError

T = TypeVar("T")

MINUTE = 60_000
"""Milliseconds."""
PATIENCE = 120_000
"""So long a call waits at most; one whose turn is later fails as `rate_limited`."""


class Limits(Struct, frozen=True):
    """What may go out within any minute. None is no limit."""

    requests: int | None = None
    tokens: int | None = None


class Taken(Struct, frozen=True):
    """A call that has its turn: when it goes out, in milliseconds since 1970, and about so many tokens."""

    at: int
    tokens: int


class Turn(Struct, frozen=True):
    """When a call may go out. `id` is what its tokens are settled by; None: the turn is too far off to be given."""

    at: int
    id: int | None


class Turns(Protocol):
    """Gives turns to calls under one name, in the order of asking."""

    async def take(self, name: str, limits: Limits, tokens: int, now: int) -> Turn:
        """The next turn for a call of about so many tokens."""
        ...

    async def settle(self, turn: int, tokens: int | None) -> None:
        """What a call took in truth; None: it did not go out, so its turn counts no more."""
        ...


def turn_after(taken: Sequence[Taken], limits: Limits, tokens: int, now: int) -> int:
    """The first time, not before the last turn that was given, at which no minute holds more than may be.

    `taken` is in the order of its times. A call of more tokens than a minute has waits for an empty one.
    """
    at = max(now, taken[-1].at) if taken else now
    for place, each in enumerate(taken):
        within = [other for other in taken[place:] if other.at > at - MINUTE]
        if _fits(within, limits, tokens):
            return at
        at = max(at, each.at + MINUTE)
    return at


def _fits(within: Sequence[Taken], limits: Limits, tokens: int) -> bool:
    if limits.requests is not None and len(within) >= limits.requests:
        return False
    if limits.tokens is None or not within:
        return True
    return sum(each.tokens for each in within) + tokens <= limits.tokens


class LimitedModel:
    """A model that is asked no more than its limits allow. Those under one `name` share them."""

    def __init__(
        self,
        model: LanguageModel,
        name: str,
        limits: Limits,
        turns: Turns,
        now: Callable[[], int],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.provider = model.provider
        self.model = model.model
        self._asked = model
        self._name = name
        self._limits = limits
        self._turns = turns
        self._now = now
        self._sleep = sleep

    async def answer(self, request: Request, on_text: OnText | None = None) -> Answer:
        """The model's answer, in its turn."""
        about = tokens_asked(request) + request.longest_answer
        return await self._in_turn(
            about, lambda: self._asked.answer(request, on_text), lambda made: made.usage
        )

    async def embed(self, texts: Sequence[str], model: str = "") -> Vectors:
        """The model's vectors, in their turn."""
        about = sum(map(tokens_of, texts))
        return await self._in_turn(
            about, lambda: self._asked.embed(texts, model), lambda made: made.usage
        )

    async def moderate(self, text: str) -> Verdict:
        """The model's verdict, in its turn."""
        return await self._in_turn(
            tokens_of(text), lambda: self._asked.moderate(text), lambda made: made.usage
        )

    async def _in_turn(
        self, about: int, call: Callable[[], Awaitable[T]], usage: Callable[[T], Usage]
    ) -> T:
        turn = await self._turns.take(self._name, self._limits, about, self._now())
        wait = max(0, turn.at - self._now()) / 1000
        if turn.id is None:
            raise StepError(
                f"more is asked of {self.provider} than its connection's limits allow in a minute",
                type="rate_limited",
                retryable=True,
                retry_after=wait,
            )
        try:
            await self._sleep(wait)
        except BaseException:
            await self._turns.settle(turn.id, None)
            raise
        made = await call()
        taken = usage(made)
        await self._turns.settle(turn.id, taken.input + taken.output)
        return made
