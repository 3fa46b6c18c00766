"""LangChain's runnables behind the port: chat models, chains, prompt templates."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, FakeListChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import Runnable, RunnableGenerator, RunnableLambda
from langsmith.utils import tracing_is_enabled
from pydantic import Field

from auterity_sdk.ai.langchain.model import LangChainModel
from auterity_sdk.ai.language_model import LanguageModel, OnText, Usage
from auterity_sdk.ai.request import Message, Picture, Shape, Tool, ToolCall
from auterity_sdk.errors import ConfigurationError, StepError
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.project_connections import connections_of
from auterity_sdk.runtime.settings import Settings
from tests.ai.asking import SECRET_TEXT, request
from tests.ai.model_server import Reply, serving


class Scripted(BaseChatModel):
    """A chat model that answers so, and keeps what it was given."""

    message: AIMessage
    given: list[Any] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        self.given.append((messages, kwargs))
        return ChatResult(generations=[ChatGeneration(message=self.message)])

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        return self.bind(tools=list(tools))


def model(runnable: Runnable[Any, Any], timeout: float = 10, **more: Any) -> LangChainModel:
    return LangChainModel(runnable, "advisor", timeout, **more)


async def test_a_chat_model_is_given_messages() -> None:
    usage = {
        "input_tokens": 9,
        "output_tokens": 4,
        "total_tokens": 13,
        "input_token_details": {"cache_read": 2},
    }
    chat = Scripted(message=AIMessage("We open at nine.", usage_metadata=usage))
    answer = await model(chat).answer(request())
    assert (answer.text, answer.finish) == ("We open at nine.", "stop")
    assert (answer.usage, answer.provider, answer.model) == (Usage(9, 4, 2), "langchain", "advisor")
    ((messages, _),) = chat.given
    assert [(each.type, each.content) for each in messages] == [
        ("system", "Answer briefly."),
        ("human", SECRET_TEXT),
    ]


async def test_messages_of_every_role_and_the_form_of_the_answer_are_given() -> None:
    chat = Scripted(message=AIMessage('{"label": "buy"}'))
    asked = request(
        messages=(
            Message("user", "Look.", pictures=(Picture("image/png", b"123"),)),
            Message("assistant", calls=(ToolCall("c1", "look_up", '{"vin": "1"}'),)),
            Message("tool", '{"price": 1}', answers="c1"),
        ),
        shape=Shape("intent", {"type": "object", "title": "told"}),
    )
    await model(chat).answer(asked)
    ((messages, _),) = chat.given
    user, assistant, tool, form = messages
    assert user.content[1] == {"type": "image", "base64": "MTIz", "mime_type": "image/png"}
    assert assistant.tool_calls[0]["args"] == {"vin": "1"}
    assert tool.tool_call_id == "c1"
    assert "told" in form.content


async def test_tools_are_bound_and_their_calls_given() -> None:
    message = AIMessage(
        "",
        tool_calls=[{"name": "look_up", "args": {"vin": "é"}, "id": "a"}],
        invalid_tool_calls=[
            {
                "type": "invalid_tool_call",
                "name": "look_up",
                "args": '{"vin": ',
                "id": "b",
                "error": None,
            }
        ],
    )
    chat = Scripted(message=message)
    tool = Tool("look_up", "The price.", {"type": "object", "properties": {}})
    answer = await model(chat).answer(request(tools=(tool,)))
    assert answer.finish == "calls"
    assert answer.calls == (
        ToolCall("a", "look_up", '{"vin": "é"}'),
        ToolCall("b", "look_up", '{"vin": '),
    )
    ((_, bound),) = chat.given
    assert bound["tools"][0]["function"]["name"] == "look_up"
    with pytest.raises(StepError, match="takes no tools"):
        await model(RunnableLambda(str)).answer(request(tools=(tool,)))


@pytest.mark.parametrize(
    ("message", "finish"),
    [
        (AIMessage("", additional_kwargs={"refusal": "No."}), "refused"),
        (AIMessage("We", response_metadata={"finish_reason": "length"}), "length"),
        (AIMessage("We", response_metadata={"stop_reason": "max_tokens"}), "length"),
        (AIMessage("", response_metadata={"finish_reason": "content_filter"}), "filtered"),
    ],
)
async def test_why_an_answer_ended_is_told(message: AIMessage, finish: str) -> None:
    assert (await model(Scripted(message=message)).answer(request())).finish == finish


async def test_a_chain_is_given_the_text_by_name_and_its_answer_is_text_or_data() -> None:
    prompt = ChatPromptTemplate.from_messages(
        [("system", "Be kind. {schema}"), ("human", "Q: {text}")]
    )
    chat = Scripted(message=AIMessage("We open at nine."))
    answer = await model(prompt | chat | StrOutputParser()).answer(request("When?"))
    assert answer.text == "We open at nine."
    assert answer.usage.estimated
    assert chat.given[0][0][1].content == "Q: When?"
    data = RunnableLambda(lambda given: {"label": given["text"]})
    assert json.loads((await model(data).answer(request("buy"))).text) == {"label": "buy"}


async def test_pieces_are_told_as_they_come() -> None:
    heard: list[str] = []
    chat = FakeListChatModel(responses=["We open at nine."])
    answer = await model(chat).answer(request(), heard.append)
    assert "".join(heard) == answer.text == "We open at nine."
    assert len(heard) > 3


async def test_a_prompt_template_asks_another_connection(tmp_path: Path) -> None:
    (tmp_path / "advice.py").write_text(
        "from langchain_core.prompts import ChatPromptTemplate\n"
        "appraise = ChatPromptTemplate.from_messages([('system', 'You appraise.'), ('human', 'Car: {text}')])\n"
    )
    with serving(Reply("about 9,000")) as server:
        tables = {
            "llm": {
                "use": "langchain",
                "runnable": "advice:appraise",
                "model": "appraiser",
                "asks": "own",
            },
            "own": {"use": "openai", "base_url": server.url, "model": "mini"},
        }
        found = connections_of(Project(tmp_path, Settings(connections=tables)))
        answer = await found.get(LanguageModel).answer(request("a Civic"))
    assert answer.text == "about 9,000"
    assert server.bodies[0]["messages"] == [
        {"role": "system", "content": "You appraise."},
        {"role": "user", "content": "Car: a Civic"},
    ]
    with pytest.raises(ConfigurationError, match="is not imported"):
        connections_of(Project(tmp_path, Settings(connections=tables), python=False)).get(
            LanguageModel
        )


async def test_a_prompt_template_alone_answers_nothing() -> None:
    with pytest.raises(ConfigurationError, match="alone cannot"):
        await model(ChatPromptTemplate.from_template("{text}")).answer(request())
    for asking in (
        model(RunnableLambda(str)).embed(["a"]),
        model(RunnableLambda(str)).moderate("a"),
    ):
        with pytest.raises(ConfigurationError, match="alone cannot"):
            await asking


class RateLimitError(Exception):
    """As in the packages that LangChain's are made of."""


@pytest.mark.parametrize(
    ("error", "kind", "retryable"),
    [
        (RateLimitError(SECRET_TEXT), "rate_limited", True),
        (ConnectionResetError(SECRET_TEXT), "network", True),
        (TimeoutError(SECRET_TEXT), "timeout", True),
        (KeyError(SECRET_TEXT), "bad_answer", True),
    ],
)
async def test_errors_are_told_by_their_name_alone(
    error: Exception, kind: str, retryable: bool
) -> None:
    def fails(given: Any) -> str:
        raise error

    with pytest.raises(StepError) as raised:
        await model(RunnableLambda(fails)).answer(request())
    assert (raised.value.type, raised.value.retryable) == (kind, retryable)
    assert SECRET_TEXT not in raised.value.message
    assert raised.value.__cause__ is None


async def test_what_takes_too_long_runs_out_of_time() -> None:
    async def forever(given: AsyncIterator[Any]) -> AsyncIterator[str]:
        async for _ in given:
            yield "a"
            await asyncio.sleep(60)

    on_texts: Iterator[OnText | None] = iter([None, lambda _: None])
    for on_text in on_texts:
        with pytest.raises(StepError) as raised:
            await model(RunnableGenerator(forever), timeout=0.1).answer(request(), on_text)
        assert raised.value.type == "timeout"


async def test_a_listener_that_fails_is_no_fault_of_the_runnable() -> None:
    def fails(piece: str) -> None:
        raise LookupError(piece)

    with pytest.raises(LookupError):
        await model(FakeListChatModel(responses=["We"])).answer(request(), fails)


async def test_what_is_no_answer_and_a_models_name_are_refused() -> None:
    with pytest.raises(StepError, match="gave int"):
        await model(RunnableLambda(lambda _: 5)).answer(request())
    with pytest.raises(StepError, match="of its own"):
        await model(RunnableLambda(str)).answer(request(model="gpt-4o"))


async def test_nothing_is_traced_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serving(Reply("traced")) as elsewhere:
        monkeypatch.setenv("LANGSMITH_TRACING", "true")
        monkeypatch.setenv("LANGSMITH_API_KEY", "ls-key")
        monkeypatch.setenv("LANGSMITH_ENDPOINT", elsewhere.url)
        seen = RunnableLambda(lambda _: str(tracing_is_enabled()))
        assert (await model(seen).answer(request())).text == "False"
    assert elsewhere.received == []


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"runnable": "nowhere:x"}, "cannot be imported"),
        ({"runnable": "few_words:nothing"}, "cannot be imported"),
        ({"runnable": "few_words:number"}, "is a int, no Runnable"),
        ({"runnable": "few_words"}, "runnable"),
        ({"runnable": "few_words:x", "asks": "llm"}, "no other model"),
        ({"runnable": "few_words:x", "asks": "nowhere"}, "no other model"),
    ],
)
def test_wrong_settings_are_told_by_their_table(
    tmp_path: Path, table: dict[str, str], message: str
) -> None:
    (tmp_path / "few_words.py").write_text("number = 5\n")
    tables = {"llm": {"use": "langchain", "model": "advisor", **table}}
    with pytest.raises(ConfigurationError, match=message) as raised:
        connections_of(Project(tmp_path, Settings(connections=tables))).get(LanguageModel)
    assert raised.value.message.startswith("[connections.llm]")
