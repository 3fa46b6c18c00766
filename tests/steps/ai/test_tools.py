"""Rounds of a model that may ask for tools: what it is told, what it may ask for, and how each round ends."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auterity_sdk.ai.conversation import LONGEST_RESULT
from auterity_sdk.ai.language_model import OFFLINE, Answer, Usage
from auterity_sdk.ai.offline import OfflineModel
from auterity_sdk.ai.request import Request, ToolCall
from auterity_sdk.errors import StepError
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.steps.builtin.ai import ToolRound, tools
from auterity_sdk.steps.offered_tools import OfferedTools
from auterity_sdk.testing.scripted_model import ScriptedModel
from auterity_sdk.workflow.values import misfits
from tests.steps.ai.one_model import Asking, OneModel

TOOLS: dict[str, Any] = {
    "search_stock": {
        "description": "Vehicles on the lot",
        "input": {"make": "string", "most": {"type": "integer", "maximum": 9, "default": 3}},
    },
    "propose_visit": {
        "description": "Propose a visit at the dealership",
        "input": {"day": {"type": "string", "format": "date"}, "time": "string"},
    },
    "score_lead": {"description": "Score it", "uses": "hours.gate", "input": ["phone"]},
}
CIVIC = {"model": "Civic", "price": {"minor": 2149900, "currency": "USD"}}


def calls(*made: tuple[str, Any], text: str = "", ids: str = "") -> Answer:
    written = (args if isinstance(args, str) else json.dumps(args) for _, args in made)
    called = tuple(
        ToolCall(ids[at : at + 1], name, arguments)
        for at, ((name, _), arguments) in enumerate(zip(made, written, strict=True))
    )
    return Answer(
        text=text, calls=called, finish="calls", usage=Usage(9, 4), provider="p", model="m"
    )


async def turn(context: Any, **more: Any) -> ToolRound:
    bound = tools.bind({"prompt": "Answer the shopper", "tools": TOOLS, **more})
    made = await tools.function(context, **bound)
    assert isinstance(made, ToolRound)
    return made


def carried(made: ToolRound) -> list[Any]:
    """As the journal keeps it, and the next round is given it."""
    return tools.result(made)[1]["conversation"]  # type: ignore[no-any-return]


async def test_a_call_is_the_outcome_and_its_arguments_are_typed(asking: Asking) -> None:
    context, model = asking(calls(("search_stock", {"make": "Honda"}), ids="a"))
    made = await turn(context, text="Any Hondas?")
    assert (made.outcome_name, made.reply) == ("search_stock", "")
    assert made.arguments == {"search_stock": {"make": "Honda", "most": 3}}
    assert made.evidence.answered == '[calls search_stock: {"make": "Honda"}]'
    [request] = model.requests
    assert [tool.name for tool in request.tools] == ["search_stock", "propose_visit", "score_lead"]
    assert request.shape is None
    assert request.tools[2].parameters["required"] == ["phone"]
    assert list(request.tools[2].parameters["properties"]) == ["phone"]
    assert "Any Hondas?" not in request.messages[0].text
    assert request.messages[1].text.startswith("<untrusted ")


async def test_the_next_round_is_told_what_came_of_it_and_may_state_it(asking: Asking) -> None:
    context, model = asking(
        calls(("search_stock", {"make": "Honda"}), ids="a"), "We have a Civic for $21,499."
    )
    first = await turn(context, text="Any Hondas?")
    second = await turn(
        context, text="Any Hondas?", so_far=carried(first), results={"search_stock": [CIVIC]}
    )
    assert second.outcome_name == "ok"
    assert second.reply == "We have a Civic for $21,499."
    assert second.message == f"{second.reply}\n\n{second.disclosure}"
    roles = [message.role for message in model.requests[1].messages]
    assert roles == ["system", "user", "assistant", "tool"]
    assert model.requests[1].messages[2].calls == (
        ToolCall("a", "search_stock", '{"make": "Honda"}'),
    )
    assert model.requests[1].messages[3].answers == "a"
    told = model.requests[1].messages[3].text
    assert '"minor": 2149900' in told
    assert told.startswith("<untrusted ")
    assert [each.role for each in second.conversation] == ["user", "assistant", "tool", "assistant"]


async def test_who_writes_again_is_answered_without_a_second_disclosure(asking: Asking) -> None:
    context, model = asking("Hello!", "Glad to help.")
    first = await turn(context, text="Hi")
    second = await turn(context, text="Thanks", so_far=carried(first))
    assert second.message == second.reply == "Glad to help."
    assert [message.role for message in model.requests[1].messages] == [
        "system",
        "user",
        "assistant",
        "user",
    ]


async def test_calls_at_once_are_handed_out_one_a_round_without_another_question(
    asking: Asking,
) -> None:
    both = calls(
        ("search_stock", {"make": "Honda"}),
        ("propose_visit", {"day": "2026-11-28", "time": "4 pm"}),
        ("search_stock", {"make": "Honda"}),
        ids="ab",
    )
    context, model = asking(both, "We have a Civic.")
    first = await turn(context, text="A Honda, on Saturday at 4?")
    second = await turn(context, so_far=carried(first), results={"search_stock": [CIVIC]})
    assert second.outcome_name == "propose_visit"
    assert second.arguments == {"propose_visit": {"day": "2026-11-28", "time": "4 pm"}}
    assert (second.evidence.requests, len(model.requests)) == (0, 1)
    third = await turn(context, so_far=carried(second))
    assert third.outcome_name == "ok"
    told = model.requests[1].messages
    assert [(each.role, each.answers) for each in told[3:]] == [("tool", "a"), ("tool", "b")]
    assert "nothing came of it" in told[4].text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (("shell", {"command": "ls"}), "there is no tool `shell`"),
        (("search_stock", "{make: Honda"), "are no JSON"),
        (("search_stock", "[1]"), "are no JSON object"),
        (("search_stock", {}), "`search_stock`: the input"),
        (("search_stock", {"make": 7}), "`search_stock`: make"),
        (("search_stock", {"make": "Honda", "most": 50}), "most"),
        (("search_stock", {"make": "Honda", "owner": "x"}), "the input has a field that"),
        (("score_lead", {"phone": "+14195550188", "state": "OH"}), "a field that its type"),
    ],
)
async def test_a_call_that_does_not_fit_is_sent_back_once(
    asking: Asking, wrong: tuple[str, Any], says: str
) -> None:
    context, model = asking(calls(wrong), calls(("search_stock", {"make": "Honda", "most": None})))
    made = await turn(context, text="Any Hondas?")
    assert made.outcome_name == "search_stock"
    assert says in model.requests[1].messages[-1].text
    assert model.requests[1].messages[-2].text.startswith(f"[calls {wrong[0]}")
    context, model = asking(calls(wrong), calls(("search_stock", {"make": "Kia"}), wrong))
    made = await turn(context, text="Any Hondas?")
    assert (made.outcome_name, made.arguments, len(model.requests)) == ("invalid", {}, 2)
    assert says in " ".join(made.evidence.problems)


@pytest.mark.parametrize(
    "said", ["It is $20,000.", "", "We guarantee it.", "See http://evil.example/x", "Answer the shopper who asks for a Honda today please"]
)  # fmt: skip
async def test_a_reply_that_may_not_be_sent_is_sent_back_once(asking: Asking, said: str) -> None:
    context, model = asking(said, said)
    prompt = "Answer the shopper who asks for a Honda today please and be brief"
    made = await turn(context, text="Any Hondas?", prompt=prompt)
    assert (made.outcome_name, made.reply, made.message, len(model.requests)) == (
        "invalid",
        "",
        "",
        2,
    )


async def test_what_is_cut_off_is_sent_back(asking: Asking) -> None:
    cut = Answer(text="We ha", finish="length", usage=Usage(1, 1), provider="p", model="m")
    context, model = asking(cut, "Hello!")
    assert (await turn(context, text="Hi", max_tokens=30)).reply == "Hello!"
    assert "cut off at 30 tokens" in model.requests[1].messages[-1].text


async def test_ids_that_a_provider_leaves_out_or_uses_again_are_made(asking: Asking) -> None:
    again = calls(("search_stock", {"make": "Kia"}), ids="a")
    context, _ = asking(
        calls(("search_stock", {"make": "Honda"}), ids="a"), again, calls(("search_stock", {"make": "Ford"}))
    )  # fmt: skip
    made = await turn(context, text="Any?")
    for _ in range(2):
        made = await turn(context, so_far=carried(made), results={"search_stock": []})
    ids = [call.id for each in made.conversation for call in each.calls]
    assert ids[0] == "a"
    assert len({*ids}) == 3
    assert all(ids)


async def test_a_refusal_and_an_unknown_step_type_are_told(asking: Asking) -> None:
    refused = Answer(finish="refused", refusal="No.", usage=Usage(1, 1), provider="p", model="m")
    context, _ = asking(refused)
    assert (await turn(context, text="Hi")).outcome_name == "refused"
    for entry in ({"description": "x", "uses": "no.such"}, {"description": "x", "input": ["a"]}):
        with pytest.raises(StepError, match="`tools` do not fit"):
            await turn(context, text="Hi", tools={"x": entry})
    with pytest.raises(StepError, match="nothing to answer"):
        await turn(context)


async def test_a_call_that_fits_no_longer_ends_the_round_invalid(asking: Asking) -> None:
    """The workflow was changed between two rounds, and the run moved to the new version."""
    both = calls(
        ("search_stock", {"make": "A"}),
        ("propose_visit", {"day": "2026-11-28", "time": "4"}),
        ids="ab",
    )
    context, model = asking(both)
    first = await turn(context, text="?")
    left = {"search_stock": TOOLS["search_stock"]}
    made = await turn(context, so_far=carried(first), tools=left)
    assert (made.outcome_name, len(model.requests)) == ("invalid", 1)
    assert "no tool `propose_visit`" in made.evidence.problems[0]


async def test_more_than_a_model_is_told_is_an_error(asking: Asking) -> None:
    context, _ = asking(calls(("search_stock", {"make": "Honda"})))
    first = await turn(context, text="?")
    with pytest.raises(StepError, match="gave has 20,002 characters") as raised:
        await turn(context, so_far=carried(first), results={"search_stock": "x" * LONGEST_RESULT})
    assert raised.value.type == "bad_input"


async def test_what_a_tool_gave_goes_to_no_model_where_it_is_a_number_of_the_state(
    asking: Asking,
) -> None:
    context, model = asking(calls(("search_stock", {"make": "Honda"})))
    first = await turn(context, text="?")
    with pytest.raises(StepError, match="SOCIAL_SECURITY_NUMBER"):
        await turn(
            context, so_far=carried(first), results={"search_stock": {"note": "SSN 536-22-8145"}}
        )
    assert len(model.requests) == 1


async def test_rules_ask_for_a_tool_that_is_named_and_tell_what_it_found(asking: Asking) -> None:
    context, _ = asking()
    object.__setattr__(context, "connections", OneModel(OfflineModel()))
    stock = {
        "search_stock": {
            "description": "Search the vehicles in stock",
            "input": {"make": "string", "model": {"type": "string", "default": ""}},
        }
    }
    first = await turn(context, text="Do you have a Honda Civic in stock?", tools=stock)
    assert first.outcome_name == "search_stock"
    assert first.arguments == {"search_stock": {"make": "Honda", "model": "Civic"}}
    found = [{"year": 2024, "make": "Honda", "model": "Civic", "trim": "Sport"}]
    second = await turn(
        context, tools=stock, so_far=carried(first), results={"search_stock": found}
    )
    assert (second.outcome_name, second.reply) == ("ok", "We have 2024 Honda Civic Sport.")
    assert second.evidence.provider == OFFLINE
    second = await turn(context, tools=stock, so_far=carried(first), results={"search_stock": []})
    assert second.reply == "We have nothing that fits."
    second = await turn(context, tools=stock, so_far=carried(first))
    assert second.outcome_name == "invalid"


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("Do you have a Civic under $20,000?", {"make": "Honda", "model": "Civic", "most_price": 20000}),
        ("What used F-150s do you have?", {"make": "Ford", "model": "F-150", "status": "used"}),
        ("Do you have a red Civic in stock", {"make": "Honda", "model": "Civic", "color": "red"}),
        ("\u00bfTienen un Civic en inventario?", {"make": "Honda", "model": "Civic"}),
        ("Do you have a nice weekend?", {}),
        ("Do you like the Civic?", {}),
    ],
)  # fmt: skip
async def test_rules_fill_what_a_look_into_the_stock_is_given(
    asking: Asking, text: str, given: dict[str, Any]
) -> None:
    context, _ = asking()
    object.__setattr__(context, "connections", OneModel(OfflineModel()))
    chosen = ["make", "model", "color", "status", "least_year", "most_price", "most_miles"]
    offer = {
        "description": "Search the vehicles in stock",
        "uses": "inventory.search",
        "input": chosen,
    }
    made = await turn(context, text=text, tools={"search_stock": offer})
    filled = {key: value for key, value in made.arguments.get("search_stock", {}).items() if value}
    assert filled == given


async def test_a_model_is_told_the_facts_and_the_time(asking: Asking) -> None:
    context, _ = asking()
    told: list[Request] = []

    def reply(request: Request) -> str:
        told.append(request)
        return "Open until 8 pm."

    object.__setattr__(context, "connections", OneModel(ScriptedModel(reply=reply)))
    made = await turn(context, text="How long?", facts={"hours": "9 am to 8 pm"})
    assert made.outcome_name == "ok"
    system = told[0].messages[0].text
    assert "- hours: 9 am to 8 pm" in system
    assert "It is now 20" in system


async def test_what_is_said_is_told_as_it_comes_and_a_call_is_not(asking: Asking) -> None:
    context, _ = asking(calls(("search_stock", {"make": "Honda"})), "We have a Civic.")
    told: list[str] = []
    context = replace(context, on_text=told.append)
    first = await turn(context, text="Any Hondas?")
    assert [each for each in told if each] == []
    await turn(context, so_far=carried(first), results={"search_stock": [CIVIC]})
    assert told[-1] == "We have a Civic."


_NAMES = st.sampled_from(["search_stock", "propose_visit", "score_lead", "shell"])
_GIVEN = st.sampled_from(
    ['{"make": "Honda"}', '{"make": "Kia", "most": 2}', '{"day": "2026-11-28", "time": "4"}',
     '{"phone": "+14195550188"}', "{}", "{", "[]", '{"make": 1}']
)  # fmt: skip
_CALLS = st.lists(st.tuples(_NAMES, _GIVEN), min_size=1, max_size=4)
_ANSWERS = st.one_of(
    _CALLS.flatmap(lambda made: st.text("ab", max_size=2).map(lambda ids: calls(*made, ids=ids))),
    st.sampled_from(["Hello!", "It is $1.", ""]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(_ANSWERS, min_size=1, max_size=8), st.booleans())
async def test_whatever_a_model_answers_each_call_is_typed_and_answered_once(
    asking: Asking, answers: list[Any], gives: bool
) -> None:
    context, model = asking(*answers, *["Hello!"] * 8)
    schemas = OfferedTools.of(TOOLS, builtin_registry()).schemas
    so_far: list[Any] = []
    for _ in range(12):
        gave = {tool: [CIVIC] for tool in TOOLS} if gives else {}
        made = await turn(context, text="Any Hondas?", so_far=so_far, results=gave)
        so_far = carried(made)
        if made.outcome_name not in TOOLS:
            break
        [(tool, typed)] = made.arguments.items()
        assert tool == made.outcome_name
        assert not [*misfits(typed, schemas[tool])]
    assert made.outcome_name in ("ok", "invalid", *TOOLS)
    for request in model.requests:
        asked = [call.id for message in request.messages for call in message.calls]
        answered = [message.answers for message in request.messages if message.role == "tool"]
        assert asked == answered
        assert len({*asked}) == len(asked)
