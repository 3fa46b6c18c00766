"""Drafts: what they are told, and that they state nothing but the facts."""

from __future__ import annotations

import pytest

from auterity_sdk.steps.builtin.ai import draft
from tests.steps.ai.one_model import Asking

FACTS = {
    "price": {"minor": 2149900, "currency": "USD"},
    "visit": "2026-11-28T16:30:00Z",
    "model": "Civic Sport",
}


async def test_a_draft_of_the_facts_is_taken_and_says_who_wrote_it(asking: Asking) -> None:
    context, model = asking({"text": "The Civic Sport is $21,499. See you Saturday at 11:30 am!"})
    made = await draft.function(context, prompt="Answer the lead", facts=FACTS)
    assert made.outcome_name == "ok"
    assert made.message == f"{made.text}\n\n{made.disclosure}"
    assert "AI assistant of Bayside Motors" in made.disclosure
    system = model.requests[0].messages[0].text
    assert "- price: $21,499.00" in system
    assert "- visit: Saturday, November 28, 2026 at 11:30 AM" in system


@pytest.mark.parametrize(
    "said",
    [
        "It is $21,400.",
        "About twenty-one grand, come by Saturday.",
        "$21,499 with 0% APR",
        "See you on Sunday.",
        "Come at noon.",
        "\u0662\u0661\u0664\u0660\u0660 dollars",
    ],
)
async def test_what_no_fact_says_is_sent_back_and_then_invalid(asking: Asking, said: str) -> None:
    context, model = asking({"text": said}, {"text": said})
    made = await draft.function(context, prompt="Answer the lead", facts=FACTS)
    assert (made.outcome_name, made.text, made.message) == ("invalid", "", "")
    assert "but no fact says it" in model.requests[1].messages[-1].text or made.evidence.problems


async def test_a_draft_that_is_too_long_is_sent_back(asking: Asking) -> None:
    context, _ = asking({"text": "x" * 21}, {"text": "short"})
    made = await draft.function(context, prompt="Answer", longest=20)
    assert made.text == "short"
    assert made.evidence.requests == 2


async def test_the_language_is_the_disclosures_too(asking: Asking) -> None:
    context, _ = asking({"text": "Hola"})
    made = await draft.function(context, prompt="Saluda", language="es-MX")
    assert "asistente de IA" in made.disclosure
