"""What a call of a model may take, set aside before it is made, and what it took."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import uuid4

from msgspec import Struct

from auterity_sdk.ai.language_model import Answer, LanguageModel, OnText, Usage
from auterity_sdk.ai.prices import Cost, Member, Prices
from auterity_sdk.ai.request import Request
from auterity_sdk.ai.tokens import most_tokens_asked
from auterity_sdk.connections.usage import Amount, Call, Limit, Over, UsageLedger
from auterity_sdk.errors import StepError
from auterity_sdk.steps.context import StepContext
from auterity_sdk.workflow.budget import NANO, PAUSES, Bound, Period

_UNSPENT = frozenset({"rate_limited", "overloaded", "unauthorized", "bad_input", "unrecorded"})
"""Errors of a model that come before it has worked: what was set aside for the call is free again."""


_PAUSING = {level: kind for kind, level in PAUSES.items()}


class OverBudget(Exception):
    """The call would pass a budget, and was not made."""

    def __init__(self, over: Over) -> None:
        super().__init__(f"the budget of the {over.limit.name} is used up")
        self.over = over


class Spending(Struct, frozen=True):
    """The calls of one attempt of a step. `passed` are budgets that a call was allowed to pass."""

    context: StepContext
    model: LanguageModel
    ledger: UsageLedger
    prices: Prices
    passed: list[str]

    async def answer(
        self, request: Request, on_text: OnText | None = None
    ) -> tuple[Answer, Cost | None]:
        """The answer of a model, and what it cost. Raises `OverBudget`, and what the model raises.

        Set aside is as much as the call can take: a token for each byte that is asked, and the longest answer.
        """
        name = request.model or self.model.model
        call = Call(
            id=uuid4().hex,
            at=self.context.now,
            run=self.context.run_id,
            workflow=self.context.workflow,
            step=self.context.step,
            attempt=self.context.attempt,
            provider=self.model.provider,
            model=name,
        )
        await self._reserve(call, self._most(request, name))
        try:
            answer = await self.model.answer(request, on_text)
        except StepError as error:
            if error.type in _UNSPENT:
                await self._settle(call.id, Amount(), Usage(0, 0))
            raise
        amount, cost = self._amount(answer.usage, answer.provider, answer.model)
        await self._settle(call.id, amount, answer.usage)
        return answer, cost

    async def _reserve(self, call: Call, most: Amount) -> None:
        bounds = self.context.bounds
        if most.nano is None and any(bound.nano is not None for bound in bounds):
            raise StepError(
                f"the price of the model `{call.model}` is not known, so that no budget in dollars can be kept",
                type="configuration",
                help="say its price in the connection's table, or bound `tokens`",
            )
        limits = [_limit(bound, self.context) for bound in bounds]
        while (over := await self.ledger.reserve(call, most, limits)) is not None:
            place = limits.index(over.limit)
            bound = bounds[place]
            if bound.when_over == "pause":
                raise StepError(_would_pass(over, most), type=_PAUSING[bound.level])
            if bound.when_over == "stop":
                raise OverBudget(over)
            self.passed.append(over.limit.name)
            bounds = (*bounds[:place], *bounds[place + 1 :])
            del limits[place]

    async def _settle(self, id: str, amount: Amount, usage: Usage) -> None:
        await self.ledger.settle(
            id,
            amount,
            input=usage.input,
            cached=usage.cached,
            output=usage.output,
            estimated=usage.estimated,
        )

    def _most(self, request: Request, model: str) -> Amount:
        def usage(member: str) -> Usage:
            return Usage(most_tokens_asked(request, member), request.longest_answer)

        members = self.prices.members((self.model.provider, self.model.model), model)
        return most_of_call(self.prices, members, usage, self.context.now)

    def _amount(self, usage: Usage, provider: str, model: str) -> tuple[Amount, Cost | None]:
        cost = self.prices.cost(usage, provider, model, self.context.now)
        nano = None if cost is None else round(cost.usd * NANO)
        return Amount(usage.input + usage.output, nano), cost


def most_of_call(
    prices: Prices, members: Sequence[Member], usage: Callable[[str], Usage], at: datetime
) -> Amount:
    """What one question may take, by the most that it takes of each model: all of a chain may have worked on it."""
    tokens, nano, known = 0, 0, True
    for provider, model in members:
        most = usage(model)
        cost = prices.cost(most, provider, model, at)
        tokens += most.input + most.output
        known = known and cost is not None
        nano += 0 if cost is None else round(cost.usd * NANO)
    return Amount(tokens, nano if known else None)


def spending(context: StepContext, connection: str | None) -> Spending:
    """What the calls of an attempt are made with."""
    get = context.connections.get
    return Spending(context, get(LanguageModel, connection), get(UsageLedger), get(Prices), [])


def _would_pass(over: Over, most: Amount) -> str:
    """What a person reads who is asked whether a budget counts once more."""
    limit, spent = over.limit, over.spent
    if limit.nano is not None and (spent.nano or 0) + (most.nano or 0) > limit.nano:
        left = max(0, limit.nano - (spent.nano or 0))
        whole, more, rest = (f"${(each or 0) / NANO:.4f}" for each in (limit.nano, most.nano, left))
    else:
        left = max(0, (limit.tokens or 0) - spent.tokens)
        whole, more, rest = (f"{each or 0:,}" for each in (limit.tokens, most.tokens, left))
        more = f"{more} tokens"
    return f"a call takes up to {more}; the {limit.name} has {rest} of {whole} left"


def _limit(bound: Bound, context: StepContext) -> Limit:
    """A budget as the ledger counts it: days and months are those of the dealership."""
    return Limit(
        name=bound.level,
        run=context.run_id if bound.per == "run" else "",
        step=context.step if bound.level == "step" else "",
        workflow=context.workflow if bound.level == "workflow" else "",
        since=_begin(bound.per, context.now.astimezone(context.zone)),
        tokens=bound.tokens,
        nano=bound.nano,
    )


def _begin(per: Period, now: datetime) -> datetime | None:
    if per == "run":
        return None
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if per == "day" else midnight.replace(day=1)
