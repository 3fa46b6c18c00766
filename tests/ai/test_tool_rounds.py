"""Runs in which a model asks for tools, over real HTTP with the official client, and what becomes of each answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable, RunnableLambda

from auterity_sdk.ai.langchain.model import LangChainModel
from auterity_sdk.ai.language_model import LanguageModel
from auterity_sdk.ai.openai.client import Api, Endpoint
from auterity_sdk.ai.openai.model import OpenAIModel
from auterity_sdk.ai.prices import Prices
from auterity_sdk.ai.recorded import RecordedModel, RecordingModel
from auterity_sdk.checks.check import check_document
from auterity_sdk.connections.memory import MemoryConnections
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.plugins import BUILTIN_STEP_TYPES, builtin_registry
from auterity_sdk.runtime.view import RunView
from auterity_sdk.testing.virtual_clock import VirtualClock
from auterity_sdk.workflow.canonical import canonical_json
from auterity_sdk.workflow.document import load_document, write_document
from auterity_sdk.workflow.export import to_python
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import dump
from tests.ai.asking import KEY, model
from tests.ai.model_server import Call, Reply, serving
from tests.ai.tool_flow import WRITTEN, find, stock_talk, write
from tests.workflow.builder.test_same_workflow import built

REGISTRY = builtin_registry().extended([find, write])
FLOW = stock_talk.workflow
SEARCH = Call("search", '{"make": "Honda"}')
SEARCHES = Reply(calls=(SEARCH,))
ANSWERS = Reply("We have a 2024 Honda Civic for $21,499.")
APIS: list[Api] = ["chat", "responses"]


@pytest.fixture(autouse=True)
def nothing_written() -> Iterator[None]:
    WRITTEN.clear()
    yield
    WRITTEN.clear()


async def run(model: Any, question: str = "Any Hondas?") -> tuple[RunView, MemoryConnections]:
    connections = MemoryConnections({LanguageModel: model, Prices: Prices()})
    # A question tells the model what time it is: it is the same one only where no time passes.
    runtime = LocalRuntime(World(REGISTRY, connections), clock=VirtualClock())
    return await runtime.run(FLOW, {"question": question}, to_the_end=True), connections


def steps(view: RunView) -> list[tuple[str, str]]:
    return [(step.path, step.state) for step in view.walk() if step.state != "not reached"]


def test_the_workflow_is_sound_and_one_in_yaml_and_python() -> None:
    document = load_document(write_document(dump(FLOW)), file="t.yaml")
    report = check_document(document, REGISTRY).report
    assert [each.message for each in report.diagnostics] == []
    own = {"stock.find": "tests.ai.tool_flow:find", "visit.write": "tests.ai.tool_flow:write"}
    source = to_python(FLOW, REGISTRY, {**BUILTIN_STEP_TYPES, **own})
    assert "with turn.search:" in source
    assert canonical_json(built(source), build_graph(built(source), REGISTRY)) == canonical_json(
        FLOW, build_graph(FLOW, REGISTRY)
    )


@pytest.mark.parametrize("api", APIS)
async def test_each_call_is_a_step_of_its_own(api: Api) -> None:
    with serving(SEARCHES, ANSWERS) as server:
        view, _ = await run(model(server, api))
    assert view.output == {"reply": ANSWERS.text}
    assert steps(view)[2:] == [
        ("talk[0]/turn", "search"),
        ("talk[0]/look", "ok"),
        ("talk[1]/turn", "ok"),
    ]
    first, second = server.bodies
    assert [_name(tool) for tool in first["tools"]] == ["search", "visit"]
    told = json.dumps(second)
    assert "2149900" in told
    assert told.count("call_1") == 2


def _name(tool: dict[str, Any]) -> str:
    return str(tool.get("function", tool)["name"])


@pytest.mark.parametrize("api", APIS)
async def test_calls_at_once_are_steps_one_after_another(api: Api) -> None:
    other = Call("search", '{"make": "Kia"}', "call_2")
    with serving(Reply(calls=(SEARCH, other)), ANSWERS) as server:
        view, _ = await run(model(server, api))
    assert view.output == {"reply": ANSWERS.text}
    looked = [step.arguments for step in view.walk() if step.path.endswith("/look")]
    assert [each["make"] for each in looked if each] == ["Honda", "Kia"]
    assert len(server.received) == 2
    assert json.dumps(server.bodies[1]).count("call_2") == 2


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    "wrong",
    [
        Reply(calls=(Call("search", '{"make": "Hon'),)),
        Reply(calls=(Call("search", '{"make": 7}'),)),
        Reply(calls=(Call("email_send", '{"to": "a@b.example"}'),)),
        Reply(calls=(SEARCH, Call("shell", "{}", "call_2"))),
        Reply("It is $1."),
        Reply(calls=(SEARCH,), finish="length"),
    ],
    ids=["no-json", "no-text", "unknown-tool", "one-of-two", "made-up-price", "cut-off"],
)
async def test_an_answer_that_cannot_be_taken_is_put_right_or_left_to_a_person(
    api: Api, wrong: Reply
) -> None:
    with serving(wrong, SEARCHES, ANSWERS) as server:
        view, _ = await run(model(server, api))
    assert (view.output, len(server.received)) == ({"reply": ANSWERS.text}, 3)
    again = server.bodies[1].get("messages") or server.bodies[1]["input"]
    assert [each["role"] for each in again] == ["system", "user", "assistant", "user"]
    with serving(wrong) as server:
        view, connections = await run(model(server, api))
    assert (view.output, len(server.received)) == ({"reply": ""}, 2)
    assert steps(view)[2:] == [("talk[0]/turn", "invalid"), ("talk[0]/person", "ok")]
    assert [each.to for each in connections.outbox.messages()] == ["bdc"]


@pytest.mark.parametrize("api", APIS)
async def test_a_refusal_and_a_server_that_fails_go_to_a_person(api: Api) -> None:
    for reply, outcome in ((Reply(refusal="No."), "refused"), (Reply(status=400), "failed")):
        with serving(reply) as server:
            view, _ = await run(model(server, api))
        assert steps(view)[2:] == [("talk[0]/turn", outcome), ("talk[0]/person", "ok")]


async def test_a_model_that_only_asks_ends_after_the_rounds_that_there_may_be() -> None:
    with serving(script=_ever_another) as server:
        view, connections = await run(model(server))
    assert (view.status, len(server.received)) == ("succeeded", 5)
    assert ("late", "ok") in steps(view)
    assert len(connections.outbox.messages()) == 1


def _ever_another(body: dict[str, Any]) -> Reply:
    number = len(body["messages"])
    return Reply(calls=(Call("search", json.dumps({"make": f"M{number}"}), f"call_{number}"),))


async def test_azure_and_a_server_of_ones_own_are_asked_alike() -> None:
    for azure in ("2024-10-21", ""):
        with serving(SEARCHES, ANSWERS) as server:
            url = server.url.removesuffix("/v1") if azure else server.url
            endpoint = Endpoint(url=url, key=lambda: KEY, azure=azure)
            view, _ = await run(OpenAIModel(endpoint, "mini"))
        assert view.output == {"reply": ANSWERS.text}


async def test_what_changes_things_waits_for_a_person() -> None:
    visit = Reply(calls=(Call("visit", '{"day": "2026-11-30"}'),))
    with serving(visit, Reply("See you then.")) as server:
        connections = MemoryConnections({LanguageModel: model(server), Prices: Prices()})
        runtime = LocalRuntime(World(REGISTRY, connections), pausing=True)
        await runtime.start(FLOW, {"question": "Can I come on Monday?"}, run_id="r")
        view = await runtime.drive("r")
        assert (view.status, WRITTEN, len(server.received)) == ("waiting", [], 1)
        form = {"day": "2026-12-01"}
        await runtime.approve("r", "talk[0]/agreed", by="ann", roles=["bdc"], form=form)
        view = await runtime.drive("r")
    assert (view.status, view.output) == ("succeeded", {"reply": "See you then."})
    assert WRITTEN == ["2026-12-01"]


class Bindable(GenericFakeChatModel):
    def bind_tools(self, tools: Any, **more: Any) -> Runnable[Any, Any]:  # type: ignore[override]
        return self


async def test_a_chat_model_of_langchain_asks_for_tools_and_a_chain_is_told_that_it_cannot() -> (
    None
):
    called = AIMessage("", tool_calls=[{"name": "search", "args": {"make": "Honda"}, "id": "c1"}])
    chat = Bindable(messages=iter([called, AIMessage(ANSWERS.text)]))
    view, _ = await run(LangChainModel(chat, "own", 10))
    assert view.output == {"reply": ANSWERS.text}
    chain: Runnable[Any, Any] = RunnableLambda(lambda given: given["text"])
    view, _ = await run(LangChainModel(chain, "own", 10))
    turn = next(step for step in view.walk() if step.path == "talk[0]/turn")
    assert turn.state == "failed"
    assert turn.error is not None
    assert "no chat model and takes no tools" in turn.error.message


async def test_recorded_rounds_are_the_same_without_a_call(tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    with serving(SEARCHES, ANSWERS) as server:
        first, _ = await run(RecordingModel(model(server), file, str))
    again, _ = await run(RecordedModel(file, str))
    assert first.output == again.output == {"reply": ANSWERS.text}
    assert steps(first) == steps(again)
    other, _ = await run(RecordedModel(file, str), "Any Kias?")
    assert ("talk[0]/turn", "failed") in steps(other)
