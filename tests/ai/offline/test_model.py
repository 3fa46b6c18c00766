"""The port, answered by rules."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.ai import prompts
from auterity_sdk.ai.language_model import LanguageModel
from auterity_sdk.ai.offline import MODEL, OfflineModel
from auterity_sdk.ai.request import Converse, Message, Request, Tool, ToolCall
from auterity_sdk.workflow.values import misfits
from tests.ai.offline.triage import LABELS

RULES: LanguageModel = OfflineModel()
NOW = "2026-11-24T10:00:00-06:00"
BOOK = Tool(
    "book_appointment",
    "Book an appointment at the dealership",
    {
        "type": "object",
        "properties": {"day": {"type": "string"}, "time": {"type": "string"}},
        "required": ["day", "time"],
    },
)
FACTS = {"price": "$21,499", "hours": "Mon-Sat 9 to 8", "warranty": "3 years"}


async def said(request: Request) -> Any:
    return json.loads((await RULES.answer(request)).text)


async def test_an_answer_is_marked_and_its_tokens_are_estimates() -> None:
    told: list[str] = []
    answer = await RULES.answer(prompts.classify("How much?", LABELS), told.append)
    assert (answer.provider, answer.model, answer.finish) == ("offline", MODEL, "stop")
    assert answer.usage.estimated
    assert answer.usage.input > answer.usage.output > 0
    assert "".join(told) == answer.text
    assert json.loads(answer.text)["label"] == "price"


async def test_where_no_rule_reaches_the_answer_does_not_meet_the_shape() -> None:
    for request in (
        prompts.classify("My cousin plays the banjo", {"price": "", "service": ""}),
        prompts.extract("hello", {"properties": {"vin": {"type": "string"}}, "required": ["vin"]}),
        prompts.draft("Write a poem about the sea", {}, language="en", longest=0),
        prompts.draft("Thank them", {}, language="fr", longest=0),
        prompts.summarize("", 2),
    ):
        assert request.shape is not None
        assert list(misfits(await said(request), request.shape.schema))


async def test_hidden_characters_change_nothing() -> None:
    plain = await said(prompts.classify("STOP", LABELS))
    hidden = await said(prompts.classify("S\u200bT\u2060OP", LABELS))
    assert plain == hidden
    assert plain["label"] == "opt_out"


async def test_a_summary_is_sentences_of_the_text() -> None:
    text = (
        "The brakes squeal when I stop. I like blue. The brakes were done in May, and they squeal again since. "
        "My dog is called Rex. Mr. Smith told me that the brakes have a warranty."
    )
    summary = (await said(prompts.summarize(text, 2)))["summary"]
    assert summary == (
        "The brakes squeal when I stop. The brakes were done in May, and they squeal again since."
    )
    assert (await said(prompts.summarize("Short. Text.", 5)))["summary"] == "Short. Text."


async def test_vectors_are_near_for_shared_words() -> None:
    found = await RULES.embed(
        ["oil change for my truck", "truck oil changes", "financing with bad credit", ""]
    )
    assert (found.provider, found.model) == ("offline", "hashed-1")
    first, second, third, empty = found.vectors
    assert sum(a * a for a in first) == pytest.approx(1)
    assert _near(first, second) > 0.5 > _near(first, third)
    assert set(empty) == {0.0}
    assert found == await RULES.embed(
        ["oil change for my truck", "truck oil changes", "financing with bad credit", ""]
    )


def _near(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        ("I will find you and hurt you", ("harassment/threatening",)),
        ("you are a stupid idiot", ("harassment",)),
        ("te voy a matar", ("harassment/threatening",)),
        ("I want to die", ("self-harm",)),
        ("send me nudes", ("sexual",)),
        ("I'm going to burn down the dealership", ("violence",)),
        ("all immigrants are criminals", ("hate",)),
        ("This price kills me, but I'd die for that truck", ()),
        ("Can you beat the other dealer?", ()),
        ("The engine died and the belt was cut", ()),
        ("Me muero por ver la camioneta", ()),
    ],
)
async def test_what_is_harmful(text: str, categories: tuple[str, ...]) -> None:
    verdict = await RULES.moderate(text)
    assert verdict.categories == categories
    assert verdict.flagged == bool(categories)


def talk(
    text: str,
    *more: Message,
    tools: tuple[Tool, ...] = (),
    language: str = "en",
    found: tuple[tuple[str, str], ...] = (),
) -> Request:
    task = Converse(FACTS, language, text, NOW, found)
    return Request(task=task, messages=(Message("user", text), *more), tools=tools)


async def test_a_reply_states_the_facts_that_are_asked_for() -> None:
    answer = await RULES.answer(talk("What does it cost?"))
    assert "$21,499" in answer.text
    assert "3 years" not in answer.text
    assert "Mon-Sat 9 to 8" in (await RULES.answer(talk("When are you open?"))).text
    assert (
        "Nuestro horario" in (await RULES.answer(talk("¿Cuál es el horario?", language="es"))).text
    )


@pytest.mark.parametrize("text", ["STOP", "You people lied to me", "Do you like cats?"])
async def test_a_reply_is_left_to_a_person(text: str) -> None:
    answer = await RULES.answer(talk(text))
    assert (answer.text, answer.calls) == ("", ())


async def test_a_tool_is_asked_for_where_it_is_named_and_its_arguments_are_there() -> None:
    answer = await RULES.answer(talk("Can I book an appointment tomorrow at 3?", tools=(BOOK,)))
    assert answer.finish == "calls"
    [call] = answer.calls
    assert (call.name, json.loads(call.arguments)) == (
        "book_appointment",
        {"day": "2026-11-25", "time": "15:00"},
    )
    assert (await RULES.answer(talk("Can I book an appointment?", tools=(BOOK,)))).calls == ()
    assert (await RULES.answer(talk("Tomorrow at 3 I am at work", tools=(BOOK,)))).calls == ()


async def test_what_a_tool_found_is_told_and_it_is_not_called_again() -> None:
    text = "Can I book an appointment tomorrow at 3?"
    asked = ToolCall("call-1", BOOK.name, '{"day": "2026-11-25", "time": "15:00"}')
    called = Message("assistant", calls=(asked,))
    gave = '{"confirmed": true, "number": "A-17"}'
    found = Message("tool", prompts.fenced(gave), answers="call-1")
    request = talk(text, called, found, tools=(BOOK,), found=((BOOK.name, gave),))
    answer = await RULES.answer(request)
    assert answer.text == "Confirmed: yes. The number is A-17."
    again = await RULES.answer(talk(text, called, Message("user", text), tools=(BOOK,)))
    assert again.calls == ()


@given(st.text(), st.dictionaries(st.text(min_size=1), st.text(), max_size=4))
async def test_the_same_question_has_the_same_answer(text: str, labels: dict[str, str]) -> None:
    for request in (
        prompts.classify(text, labels),
        prompts.draft(text, labels, language="en", longest=80),
        prompts.summarize(text, 2),
        talk(text, tools=(BOOK,)),
    ):
        assert await RULES.answer(request) == await OfflineModel().answer(request)
