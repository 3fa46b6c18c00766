"""Runs that ask a model: what is in the journal, and that nothing is read of an outcome without a value."""

from __future__ import annotations

from typing import Any

import pytest

from auterity_sdk.ai.language_model import LanguageModel
from auterity_sdk.ai.prices import Prices
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
