"""Runs that ask a model: what is in the journal, and that nothing is read of an outcome without a value."""

from __future__ import annotations

from typing import Any

import pytest

from auterity_sdk.ai.language_model import Answer, LanguageModel, Usage
from auterity_sdk.ai.prices import Prices
from auterity_sdk.ai.request import Request
from auterity_sdk.ai.tokens import most_tokens_asked
from auterity_sdk.connections.memory import MemoryConnections
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.testing.scripted_model import Scripted, ScriptedModel
from tests.runtime.worlds import STEPS, workflow

TEXT = """
input: {message: string}
steps:
  read: {uses: ai.extract, with: {text: "${input.message}", output: {day: string, guests: {type: integer, default: 2}}}}
  plan: {uses: echo, with: {text: "${read.day} for ${read.guests}"}}
  ask: {needs: {any: [read.invalid, read.refused]}, uses: echo, with: {text: "${read.?day.orValue('unread')}"}}
output: {said: "${plan.?text.orValue(ask.?text.orValue(''))}", model: "${read.?evidence.?model.orValue('none')}"}
"""


async def run(*answers: Scripted) -> Any:
    world = World(
        builtin_registry().extended(STEPS),
        MemoryConnections({LanguageModel: ScriptedModel(answers), Prices: Prices()}),
    )
    return await LocalRuntime(world).run(workflow(TEXT), {"message": "tomorrow"}, to_the_end=True)


async def test_the_fields_of_an_answer_are_read_by_their_names() -> None:
    view = await run({"day": "2026-11-25"})
    assert view.status == "succeeded", view.error
    assert view.output == {"said": "2026-11-25 for 2", "model": "scripted-1"}


async def test_of_an_invalid_answer_nothing_is_read_and_the_journal_has_it() -> None:
    view = await run("no JSON", '{"day": 5}')
    assert view.status == "succeeded", view.error
    assert view.output == {"said": "unread", "model": "none"}
    [read] = [step for step in view.walk() if step.path == "read"]
    assert read.state == "invalid"
    assert read.output["evidence"]["answered"] == '{"day": 5}'
    assert read.output["evidence"]["requests"] == 2


@pytest.mark.parametrize("of", ["step", "workflow"])
async def test_a_budget_that_the_file_says_bounds_the_step(of: str) -> None:
    text = TEXT.replace(
        "read.invalid, read.refused", "read.invalid, read.refused, read.over_budget"
    )
    if of == "step":
        text = text.replace("{uses: ai.extract,", "{uses: ai.extract, budget: {tokens: 10},")
    else:
        text = f"budget: {{tokens: 10, per: day}}\n{text}"
    world = World(
        builtin_registry().extended(STEPS),
        MemoryConnections({LanguageModel: ScriptedModel(), Prices: Prices()}),
    )
    view = await LocalRuntime(world).run(workflow(text), {"message": "x"}, to_the_end=True)
    [read] = [step for step in view.walk() if step.path == "read"]
    assert read.state == "over_budget"
    assert read.output["evidence"]["problems"] == [f"the budget of the {of} is used up"]


MANY = """
input: {messages: {type: array, items: string}}
budget: {tokens: 3000, when_over: pause, role: manager, timeout: 1d}
steps:
  each:
    for_each:
      in: input.messages
      steps:
        about: {uses: ai.classify, with: {text: "${item}", labels: [a, b]}}
        never: {needs: about.over_budget, uses: echo, with: {text: "no"}}
output: {count: "${size(each.results)}"}
"""


async def test_what_was_granted_is_never_passed_by_items_that_ask_at_once() -> None:
    """Each call takes as much as it may; after each word as many go on as fit, and the others ask again."""

    def whole(request: Request) -> Answer:
        usage = Usage(most_tokens_asked(request, "scripted-1"), request.longest_answer)
        text = '{"label": "a", "confidence": 1}'
        return Answer(text=text, usage=usage, provider="scripted", model="scripted-1")

    memory = MemoryConnections({LanguageModel: ScriptedModel(reply=whole), Prices: Prices()})
    runtime = LocalRuntime(World(builtin_registry().extended(STEPS), memory))
    run_id = await runtime.start(workflow(MANY), {"messages": [f"m{n}" for n in range(9)]})
    view = await runtime.drive(run_id)
    granted = 0
    while view.status == "waiting":
        spent = sum(each.amount.tokens for each in memory.usage.recorded)
        assert spent <= 3000 * (1 + granted)
        await runtime.approve(run_id, view.waiting[0].path, by="ann", roles=["manager"])
        granted += 1
        view = await runtime.drive(run_id)
    assert (view.status, view.output) == ("succeeded", {"count": 9})
    calls = memory.usage.recorded
    assert len(calls) == 9, "nothing was asked twice"
    assert sum(each.amount.tokens for each in calls) <= 3000 * (1 + granted)
    assert granted >= 2
