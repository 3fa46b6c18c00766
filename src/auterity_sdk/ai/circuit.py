"""A circuit breaker: a provider that fails again and again is left alone for a while."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from msgspec import Struct

from auterity_sdk.ai.language_model import Answer, LanguageModel, OnText, Vectors, Verdict
from auterity_sdk.ai.request import Request
from auterity_sdk.errors import StepError

T = TypeVar("T")
Now = Callable[[], int]
"""The time, in milliseconds since 1970."""

FAILURES = 5
"""So many in a row open the circuit."""
PAUSE = 30_000
"""Milliseconds until one call may try again."""
_COUNTED = frozenset(("overloaded", "network", "timeout"))
"""The provider is ill. Any other error is of one request, or says itself when to come again."""


class Circuit(Struct, kw_only=True):
    """The state of one provider's circuit. Open, no call goes out; half open, a single one does."""

    failures: int = FAILURES
    pause: int = PAUSE
    failed: int = 0
    """Failures in a row."""
    opened_at: int | None = None
    trying: bool = False

    def enter(self, now: int) -> float | None:
        """Ask for a call: None where it may go out, else the seconds until one may try."""
        if self.opened_at is None:
            return None
        left = self.opened_at + self.pause - now
        if left > 0 or self.trying:
            return max(left, self.pause if self.trying else 0) / 1000
        self.trying = True
        return None

    def leave(self, now: int, *, ill: bool | None, tried: bool) -> None:
        """A call is over; `tried`, if the circuit was half open for it.

        `ill` None: it said nothing about the provider, such as one that was cancelled.
        """
        if tried:
            self.trying = False
        if ill is None:
            return
        if not ill:
            self.failed, self.opened_at = 0, None
            return
        self.failed += 1
        if tried or self.failed >= self.failures:
            self.opened_at = now


class CircuitModel:
    """A model whose provider is left alone while its circuit is open: a call then fails as `overloaded`, at once."""

    def __init__(self, model: LanguageModel, circuit: Circuit, now: Now) -> None:
        self.provider = model.provider
        self.model = model.model
        self._asked = model
        self._circuit = circuit
        self._now = now

    async def answer(self, request: Request, on_text: OnText | None = None) -> Answer:
        """The model's answer."""
        return await self._through(lambda: self._asked.answer(request, on_text))

    async def embed(self, texts: Sequence[str], model: str = "") -> Vectors:
        """The model's vectors."""
        return await self._through(lambda: self._asked.embed(texts, model))

    async def moderate(self, text: str) -> Verdict:
        """The model's verdict."""
        return await self._through(lambda: self._asked.moderate(text))

    async def _through(self, call: Callable[[], Awaitable[T]]) -> T:
        left = self._circuit.enter(self._now())
        if left is not None:
            raise StepError(
                f"{self.provider} failed {self._circuit.failed} times in a row and is left alone for now",
                type="overloaded",
                retryable=True,
                retry_after=left,
            )
        tried = self._circuit.opened_at is not None
        ill: bool | None = None
        try:
            made = await call()
            ill = False
        except StepError as error:
            ill = error.type in _COUNTED
            raise
        finally:
            self._circuit.leave(self._now(), ill=ill, tried=tried)
        return made
