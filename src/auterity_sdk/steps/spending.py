"""What a call of a model may take, set aside before it is made, and what it took."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import uuid4

from msgspec import Struct

from auterity_sdk.ai.fallback import NoneAnswered
from auterity_sdk.ai.language_model import (
    UNSPENT,
    Answer,
    LanguageModel,
    Member,
    OnText,
    Usage,
)
from auterity_sdk.ai.prices import Cost, Prices
from auterity_sdk.ai.request import Request
from auterity_sdk.ai.tokens import most_tokens_asked
from auterity_sdk.connections.usage import Amount, Call, Limit, Over, Took, UsageLedger
from auterity_sdk.errors import StepError
from auterity_sdk.steps.context import StepContext
from auterity_sdk.workflow.budget import NANO, PAUSES, Bound, Period

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
        call = self._call((self.model.provider, name))
        await self._reserve(call, self._most(request, self._members(name)))
        try:
            answer = await self.model.answer(request, on_text)
        except StepError as error:
            await self._settle_failed(call, request, error)
            raise
        took, cost = self._took(answer, call)
        await self.ledger.settle(call.id, took, self._unanswered(answer.before, request))
        return answer, cost

    def _call(self, member: Member) -> Call:
        return Call(
            id=uuid4().hex,
            at=self.context.now,
            run=self.context.run_id,
            workflow=self.context.workflow,
            step=self.context.step,
            attempt=self.context.attempt,
            provider=member[0],
            model=member[1],
        )

    async def _settle_failed(self, call: Call, request: Request, error: StepError) -> None:
        """Of who may have worked on an answer, all that it may have taken stays counted; all else is free again."""
        alone = () if error.type in UNSPENT else ((call.provider, call.model),)
        members = error.members if isinstance(error, NoneAnswered) else alone
        if not members:
            await self.ledger.settle(call.id, Took(amount=Amount()))
            return
        *before, (provider, model) = members
        most = self._most(request, [(provider, model)])
        took = Took(amount=most, settled=False, provider=provider, model=model)
        await self.ledger.settle(call.id, took, self._unanswered(before, request))

    def _unanswered(
        self, members: Sequence[Member], request: Request
    ) -> Sequence[tuple[Call, Amount]]:
        return [(self._call(each), self._most(request, [each])) for each in members]

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

    def _members(self, model: str) -> Sequence[Member]:
        return self.prices.members((self.model.provider, self.model.model), model)

    def _most(self, request: Request, members: Sequence[Member]) -> Amount:
        def usage(model: str) -> Usage:
            return Usage(most_tokens_asked(request, model), request.longest_answer)

        return most_of_call(self.prices, members, usage, self.context.now)

    def _took(self, answer: Answer, call: Call) -> tuple[Took, Cost | None]:
        usage = answer.usage
        # A provider names a dated version of the model that was asked: that is the same one.
        same = answer.provider == call.provider and answer.model.startswith(call.model)
        cost = self.prices.cost(usage, answer.provider, answer.model, self.context.now)
        nano = None if cost is None else round(cost.usd * NANO)
        took = Took(
            amount=Amount(usage.input + usage.output, nano),
            input=usage.input,
            cached=usage.cached,
            output=usage.output,
            estimated=usage.estimated,
            provider="" if same else answer.provider,
            model="" if same else answer.model,
        )
        return took, cost


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
