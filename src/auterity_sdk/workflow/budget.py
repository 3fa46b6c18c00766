"""Budgets: what calls of language models may take, for a step, a workflow or a whole project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.part import Part

Period = Literal["run", "day", "month"]
WhenOver = Literal["stop", "warn", "pause"]
Level = Literal["step", "workflow", "project"]

NANO = 1_000_000_000
"""Billionths of a US dollar in one: the whole number in which amounts are kept."""

LONGEST_REQUEST = 32_000
"""Tokens of the texts of one request, where a connection to a model says nothing else."""


OVER_BUDGET = "over_budget"
"""The outcome of a step of which a call would have passed a budget."""

PAUSES: Mapping[str, Level] = {"step_budget": "step", "workflow_budget": "workflow"}
"""The types of error of an attempt that would pass a budget which a person may grant once more, and whose it is."""


class Asked(Struct, frozen=True):
    """A call of a model, as much as a file tells of it. `connection` None and `model` empty: the usual ones."""

    connection: str | None
    model: str
    longest_answer: int
    pictures: int = 0


class CallCost(Struct, frozen=True):
    """What a call takes at the most, and what is set aside for the longest answer to the shortest question.

    `nano` None: the price of `model` is not known. `loose` says why nothing of this is a bound, where that is so.
    """

    tokens: int
    nano: int | None
    model: str
    answer_tokens: int = 0
    answer_nano: int | None = 0
    loose: str = ""


class Bound(Struct, frozen=True):
    """A budget as runs keep it. `nano` is in billionths of a US dollar; None of it and `tokens` is not bounded.

    With `pause`, people of `role` are asked, for at most `patience` milliseconds.
    """

    level: Level
    tokens: int | None
    nano: int | None
    per: Period
    when_over: WhenOver
    role: str = ""
    patience: int | None = None

    def granted(self, times: int) -> Bound:
        """The same, so many times more."""
        tokens = None if self.tokens is None else self.tokens * (1 + times)
        nano = None if self.nano is None else self.nano * (1 + times)
        return Bound(self.level, tokens, nano, self.per, self.when_over, self.role, self.patience)


class StepBudget(Part):
    """What the calls of one step may take in one run, retries included: US dollars, tokens of both directions, or both.

    What a call may take at the most is set aside before it is made. `when_over` says what happens to a call that
    would pass the budget: with `stop` the step ends `over_budget`, with `warn` it is made and its evidence says so, and
    with `pause` the step waits until a person of `role` grants the budget once more, or does not; at most for `timeout`.
    """

    usd: float | None = Field(default=None, gt=0, le=1_000_000, strict=False)
    tokens: int | None = Field(default=None, ge=1)
    when_over: WhenOver = "stop"
    role: str | None = Field(default=None, min_length=1)
    timeout: Duration | None = None

    @model_validator(mode="after")
    def _asks_somebody(self) -> StepBudget:
        if self.when_over == "pause" and self.role is None:
            raise PydanticCustomError(
                "missing_key", "a budget with `when_over: pause` says by `role` who is asked"
            )
        if self.when_over != "pause" and (self.role is not None or self.timeout is not None):
            raise PydanticCustomError(
                "conflicting_keys", "`role` and `timeout` of a budget belong to `when_over: pause`"
            )
        return self

    @model_validator(mode="after")
    def _bounds_something(self) -> StepBudget:
        if self.usd is None and self.tokens is None:
            raise PydanticCustomError("missing_key", "a budget says `usd`, `tokens` or both")
        return self

    def bound(self, level: Level, per: Period = "run") -> Bound:
        """The same, as runs keep it."""
        nano = None if self.usd is None else round(self.usd * NANO)
        patience = None if self.timeout is None else self.timeout.milliseconds
        return Bound(level, self.tokens, nano, per, self.when_over, self.role or "", patience)


class Budget(StepBudget):
    """What all calls of a workflow may take: in each of its runs, or in all of them in a day or a calendar month."""

    per: Period = "run"
