"""Budgets: what is set aside, what is refused, and what a call cost."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from auterity_sdk.ai.fallback import FallbackModel
from auterity_sdk.ai.language_model import Answer, Usage
from auterity_sdk.ai.prices import Prices, Rate
from auterity_sdk.connections.memory import MemoryUsage
from auterity_sdk.errors import StepError
from auterity_sdk.steps.builtin.ai import classify
from auterity_sdk.steps.context import StepContext
from auterity_sdk.testing.scripted_model import ScriptedModel
from auterity_sdk.workflow.budget import Bound
from tests.steps.ai.one_model import PRICES, Asking, OneModel

GOOD = '{"label": "a", "confidence": 1}'
LABELS = ["a", "b"]


def bound(**more: Any) -> Bound:
    return Bound(
        **{"level": "step", "tokens": None, "nano": None, "per": "run", "when_over": "stop", **more}
    )


def connections(context: StepContext) -> OneModel:
    assert isinstance(context.connections, OneModel)
    return context.connections


async def test_a_call_is_settled_at_what_it_cost(asking: Asking) -> None:
    answer = Answer(text=GOOD, usage=Usage(1000, 100), provider="scripted", model="scripted-1")
    context, _ = asking(answer)
    made = await classify.function(context, text="?", labels=LABELS)
    assert made.evidence.cost_usd == pytest.approx(0.0012)
    assert made.evidence.price_table == "auterity.toml"
    [spent] = await connections(context).ledger.calls()
    assert (spent.settled, spent.input, spent.output, spent.amount.usd) == (True, 1000, 100, 0.0012)
    assert (spent.call.run, spent.call.step, spent.call.model) == ("run-1", "s", "scripted-1")


async def test_a_call_that_would_pass_a_budget_is_not_made(asking: Asking) -> None:
    context, model = asking(GOOD)
    context = replace(context, bounds=(bound(tokens=100),))
    made = await classify.function(context, text="?", labels=LABELS)
    assert (made.outcome_name, model.requests) == ("over_budget", [])
    assert made.evidence.problems == ["the budget of the step is used up"]
    assert await connections(context).ledger.calls() == []


async def test_a_budget_that_warns_is_told_of_in_the_evidence(asking: Asking) -> None:
    context, _ = asking(GOOD)
    context = replace(
        context,
        bounds=(
            bound(tokens=100, when_over="warn"),
            bound(tokens=10_000, level="project", per="day"),
        ),
    )
    made = await classify.function(context, text="?", labels=LABELS)
    assert (made.outcome_name, made.evidence.passed) == ("ok", ["step"])


async def test_a_model_without_a_price_has_no_cost_and_keeps_no_budget_in_dollars(
    asking: Asking,
) -> None:
    context, _ = asking(GOOD, model="nobody-knows-it")
    made = await classify.function(context, text="?", labels=LABELS)
    assert (made.evidence.cost_usd, made.evidence.price_table) == (None, "")
    context, model = asking(GOOD, model="nobody-knows-it")
    with pytest.raises(StepError, match="price of the model `nobody-knows-it` is not known"):
        await classify.function(
            replace(context, bounds=(bound(nano=10**9),)), text="?", labels=LABELS
        )
    assert model.requests == []


async def test_set_aside_is_what_all_cost_that_may_answer(asking: Asking) -> None:
    """Each of a chain may have worked on the question before the last one answers."""
    dear = {("dear", "m"): Rate(Decimal(1000), Decimal(2000))}
    chain = Prices({**PRICES.own, **dear}, {("scripted", "scripted-1"): [("dear", "m")]})
    enough = bound(nano=10**9 // 100)
    for prices, outcome in ((PRICES, "ok"), (chain, "over_budget")):
        context, _ = asking(GOOD)
        given = replace(connections(context), prices=prices)
        context = replace(context, connections=given, bounds=(enough,))
        made = await classify.function(context, text="?", labels=LABELS)
        assert made.outcome_name == outcome


@pytest.mark.parametrize(
    ("type", "settled"), [("rate_limited", True), ("network", False), ("timeout", False)]
)
async def test_what_was_set_aside_for_a_call_that_failed(
    asking: Asking, type: str, settled: bool
) -> None:
    """What a cut connection cost nobody knows, so that all that was set aside stays counted."""
    context, _ = asking(StepError("no", type=type, retryable=True))
    with pytest.raises(StepError):
        await classify.function(context, text="?", labels=LABELS)
    [spent] = await connections(context).ledger.calls()
    assert spent.settled == settled
    assert (spent.amount.tokens == 0) == settled


CHAIN = (("scripted", "scripted-1"), ("scripted", "second"), ("other", "third"))
CHAINED = Prices(
    {each: Rate(Decimal(1), Decimal(2 + number)) for number, each in enumerate(CHAIN)},
    {CHAIN[0]: CHAIN[1:]},
)


@pytest.mark.parametrize(
    ("says", "counted"),
    [
        (["timeout", "bad_answer", GOOD], [(2, True), (0, False), (1, False)]),
        (["rate_limited", "unauthorized", GOOD], [(2, True)]),
        (["rate_limited", "network", GOOD], [(2, True), (1, False)]),
        (["overloaded", "network", "timeout"], [(2, False), (1, False)]),
        (["timeout", "rate_limited", "overloaded"], [(0, False)]),
        (["rate_limited", "overloaded", "overloaded"], [(0, True)]),
        ([GOOD], [(0, True)]),
    ],
)
async def test_each_model_of_a_chain_that_may_have_worked_is_counted_once(
    asking: Asking, says: list[str], counted: list[tuple[int, bool]]
) -> None:
    """By number in the chain, and whether what it took is known."""
    context, _ = asking(GOOD)
    models = [
        ScriptedModel(
            [said if said == GOOD else StepError("no", type=said, retryable=True)], None, *member
        )
        for member, said in zip(CHAIN, says, strict=False)
    ]
    ledger = MemoryUsage()
    given = OneModel(FallbackModel(models), ledger, CHAINED)
    context = replace(context, connections=given)
    fails = pytest.raises(StepError, match="no") if GOOD not in says else nullcontext()
    with fails:
        await classify.function(context, text="?", labels=LABELS)
    found = await ledger.calls()
    names = [(each.call.provider, each.call.model) for each in found]
    assert [
        (CHAIN.index(name), each.settled) for name, each in zip(names, found, strict=True)
    ] == counted
    for each in found:
        worked = each.settled and says[-1] == GOOD
        assert each.amount.tokens == (15 if worked else 0 if each.settled else each.amount.tokens)
        assert each.settled or each.amount.tokens > 200
    assert len({each.call.id for each in found}) == len(found)


async def test_parallel_steps_never_overspend(asking: Asking) -> None:
    """Fifty at once against a budget for ten, where each takes as much as it may."""
    ledger, probe = MemoryUsage(), MemoryUsage()
    answer = Answer(text=GOOD, usage=Usage(0, 0), provider="scripted", model="scripted-1")
    first, _ = asking(reply=lambda _: answer)
    failing = OneModel(ScriptedModel([StepError("cut", type="network")]), probe)
    with pytest.raises(StepError):
        await classify.function(replace(first, connections=failing), text="?", labels=LABELS)
    most = (await probe.calls())[0].amount.tokens
    whole = Answer(text=GOOD, usage=Usage(most, 0), provider="scripted", model="scripted-1")
    limit = bound(level="workflow", per="day", tokens=10 * most)

    async def one(number: int) -> str:
        given = OneModel(ScriptedModel(reply=lambda _: whole), ledger)
        context = replace(first, step=f"s{number}", bounds=(limit,), connections=given)
        return str((await classify.function(context, text="?", labels=LABELS)).outcome_name)

    told = await asyncio.gather(*map(one, range(50)))
    assert sorted(told) == ["ok"] * 10 + ["over_budget"] * 40
    assert sum(each.amount.tokens for each in await ledger.calls(workflow="w")) == 10 * most
