"""The port to what calls of models took: reserved before a call, settled after it, so that none overspends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from auterity_sdk.workflow.budget import NANO


class Amount(Struct, frozen=True):
    """Tokens of both directions, and what they cost in billionths of a US dollar; None where the price is not known."""

    tokens: int = 0
    nano: int | None = 0

    @property
    def usd(self) -> float | None:
        """The cost in dollars."""
        return None if self.nano is None else self.nano / NANO


class Limit(Struct, frozen=True, kw_only=True):
    """At most so much for all calls that fit `run`, `step` and `workflow`, of those that are given, since `since`.

    `name` is what people know it by: `step`, `workflow`, `project`. None of `tokens` and `nano`: not bounded.
    """

    name: str
    run: str = ""
    step: str = ""
    workflow: str = ""
    since: datetime | None = None
    tokens: int | None = None
    nano: int | None = None


class Call(Struct, frozen=True, kw_only=True):
    """A call of a model that is about to be made. `id` is its own, never used twice; `attempt` counts from 1."""

    id: str
    at: datetime
    run: str
    workflow: str
    step: str
    attempt: int
    provider: str
    model: str


class Spent(Struct, frozen=True, kw_only=True):
    """A call as it is on record. `settled` False: its process died, or nobody told; what was reserved counts."""

    call: Call
    settled: bool
    input: int
    cached: int
    output: int
    estimated: bool
    amount: Amount


class Took(Struct, frozen=True, kw_only=True):
    """What a call took. `settled` False: nobody knows, and `amount` is the most that it may have been.

    `provider` and `model` are those that were asked in the end; empty where they are the call's own.
    """

    amount: Amount
    input: int = 0
    cached: int = 0
    output: int = 0
    estimated: bool = False
    settled: bool = True
    provider: str = ""
    model: str = ""


class Over(Struct, frozen=True):
    """The first limit that a call would pass, and what was spent of it."""

    limit: Limit
    spent: Amount


class UsageLedger(Protocol):
    """Keeps what calls took, for all processes that share it."""

    async def reserve(self, call: Call, most: Amount, limits: Sequence[Limit]) -> Over | None:
        """Set aside what the call may take at the most, or say which limit forbids it; nothing is set aside then.

        A call whose price is not known passes no limit of money: whoever sets one has to refuse it.
        """
        ...

    async def settle(self, id: str, took: Took, before: Sequence[tuple[Call, Amount]] = ()) -> None:
        """What the call took indeed, and the calls `before` it that were set aside with it: they were never answered,
        and each amount stays counted."""
        ...

    async def calls(
        self, *, run: str = "", workflow: str = "", since: datetime | None = None
    ) -> Sequence[Spent]:
        """The calls on record, oldest first, of those that fit."""
        ...


def passes(limit: Limit, spent: Amount, most: Amount) -> bool:
    """Whether what is spent and what may come are together more than the limit."""
    if limit.tokens is not None and spent.tokens + most.tokens > limit.tokens:
        return True
    return limit.nano is not None and (spent.nano or 0) + (most.nano or 0) > limit.nano
