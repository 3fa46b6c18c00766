"""Budgets: what calls of language models may take, for a step, a workflow or a whole project."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from auterity_sdk.workflow.part import Part

Period = Literal["run", "day", "month"]
WhenOver = Literal["stop", "warn"]
Level = Literal["step", "workflow", "project"]

NANO = 1_000_000_000
"""Billionths of a US dollar in one: the whole number in which amounts are kept."""

LONGEST_REQUEST = 32_000
"""Tokens of the texts of one request, where a connection to a model says nothing else."""


class Asked(Struct, frozen=True):
    """A call of a model, as much as a file tells of it. `connection` None and `model` empty: the usual ones."""

    connection: str | None
    model: str
    longest_answer: int
    pictures: int = 0


class CallCost(Struct, frozen=True):
    """What a call takes at the most, and what is set aside for the longest answer to the shortest question.

    `nano` None: the price of `model` is not known.
    """

    tokens: int
    nano: int | None
    model: str
    answer_tokens: int = 0
    answer_nano: int | None = 0


class Bound(Struct, frozen=True):
    """A budget as runs keep it. `nano` is in billionths of a US dollar; None of it and `tokens` is not bounded."""

    level: Level
    tokens: int | None
    nano: int | None
    per: Period
    when_over: WhenOver


class StepBudget(Part):
    """What the calls of one step may take in one run, retries included: US dollars, tokens of both directions, or both.

    What a call may take at the most is set aside before it is made. `when_over` says what happens to a call that
    would pass the budget: with `stop` the step ends `over_budget`, with `warn` it is made and its evidence says so.
    """

    usd: float | None = Field(default=None, gt=0, le=1_000_000, strict=False)
    tokens: int | None = Field(default=None, ge=1)
    when_over: WhenOver = "stop"

    @model_validator(mode="after")
    def _bounds_something(self) -> StepBudget:
        if self.usd is None and self.tokens is None:
            raise PydanticCustomError("missing_key", "a budget says `usd`, `tokens` or both")
        return self

    def bound(self, level: Level, per: Period = "run") -> Bound:
        """The same, as runs keep it."""
        nano = None if self.usd is None else round(self.usd * NANO)
        return Bound(level, self.tokens, nano, per, self.when_over)


class Budget(StepBudget):
    """What all calls of a workflow may take: in each of its runs, or in all of them in a day or a calendar month."""

    per: Period = "run"
