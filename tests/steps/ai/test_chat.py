"""Rounds of a conversation with a customer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from auterity_sdk.ai.offline import OfflineModel
from auterity_sdk.errors import StepError
from auterity_sdk.steps.builtin.ai import ChatRound, chat
from tests.steps.ai.one_model import Asking, OneModel

FACTS = {"hours": "Mon-Sat 9 am to 8 pm", "oil change price": "$59"}


def answers(reply: str, *, person: bool = False) -> dict[str, Any]:
    return {"reply": reply, "person": person}


async def turn(context: Any, text: str, **more: Any) -> ChatRound:
    given = {"prompt": "Be brief", "text": text, "facts": FACTS, **more}
    made = await chat.function(context, **chat.bind(given))
    assert isinstance(made, ChatRound)
    return made


def carried(made: ChatRound) -> list[Any]:
    return chat.result(made)[1]["conversation"]  # type: ignore[no-any-return]


async def test_each_round_is_told_what_was_said_before(asking: Asking) -> None:
    context, model = asking(answers("It is $59."), answers("We are open 9 am to 8 pm."))
    first = await turn(context, "How much is an oil change?")
    assert first.outcome_name == "ok"
    assert first.message == f"It is $59.\n\n{first.disclosure}"
    second = await turn(context, "When are you\u200b open?", so_far=carried(first))
    assert second.message == second.reply == "We are open 9 am to 8 pm."
    told = model.requests[1].messages
    assert [message.role for message in told] == ["system", "user", "assistant", "user"]
    assert told[2].text == "It is $59."
    assert "When are you open?" in told[3].text
    assert told[3].text.startswith("<untrusted ")
    assert [each.text for each in second.conversation] == [
        "How much is an oil change?",
        "It is $59.",
        "When are you open?",
        "We are open 9 am to 8 pm.",
    ]


async def test_a_person_takes_over_where_the_model_says_so(asking: Asking) -> None:
    context, _ = asking(answers("It costs $1, promised", person=True))
    made = await turn(context, "Let me talk to somebody")
    assert (made.outcome_name, made.reply, made.message) == ("handover", "", "")
    assert [each.role for each in made.conversation] == ["user"]


@pytest.mark.parametrize("said", ["It is $49.", "", "We guarantee that it is fixed"])
async def test_a_reply_that_may_not_be_sent_ends_invalid(asking: Asking, said: str) -> None:
    context, model = asking(answers(said), answers(said))
    made = await turn(context, "How much?")
    assert (made.outcome_name, len(model.requests)) == ("invalid", 2)


async def test_there_has_to_be_something_to_answer(asking: Asking) -> None:
    context, _ = asking()
    with pytest.raises(StepError, match="bad arguments"):
        await turn(context, "")
    with pytest.raises(StepError, match="nothing to answer"):
        await turn(context, " ")


@pytest.mark.parametrize(
    ("text", "outcome", "says"),
    [
        ("How much is an oil change?", "ok", "$59"),
        ("What are your hours?", "ok", "Mon-Sat 9 am to 8 pm"),
        ("Can I talk to a real person please", "handover", ""),
        ("Nobody called me back. This is unacceptable!", "handover", ""),
        ("STOP", "handover", ""),
        ("Do you like cats?", "invalid", ""),
    ],
)
async def test_the_rules_answer_from_the_facts_or_leave_it(
    asking: Asking, text: str, outcome: str, says: str
) -> None:
    context, _ = asking()
    object.__setattr__(context, "connections", OneModel(OfflineModel()))
    made = await turn(context, text)
    assert (made.outcome_name, made.evidence.provider) == (outcome, "offline")
    assert says in made.reply


async def test_the_reply_is_told_as_it_comes(asking: Asking) -> None:
    context, _ = asking(answers("It is $59."))
    told: list[str] = []
    await turn(replace(context, on_text=told.append), "How much?")
    assert told[-1] == "It is $59."
