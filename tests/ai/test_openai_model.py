"""The official client over real HTTP, both APIs. The server counts: no call is made twice."""

import asyncio
import gc
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, get_args

import pytest

from auterity_sdk.ai.language_model import Usage
from auterity_sdk.ai.openai.client import Api, Endpoint, _living
from auterity_sdk.ai.openai.model import OpenAIModel
from auterity_sdk.ai.request import Message, Picture, Shape, Tool, ToolCall
from auterity_sdk.errors import ConfigurationError, StepError
from tests.ai.asking import KEY, SECRET_TEXT, model, request
from tests.ai.model_server import Call, ModelServer, Reply, serving

APIS = get_args(Api)
both = pytest.mark.parametrize("api", APIS)
streamed = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
PNG = Picture("image/png", b"\x89PNG\r\n\x1a\n123")
LOOK_UP = Tool(
    "look_up_price",
    "The price of a vehicle.",
    {
        "type": "object",
        "properties": {"vin": {"type": "string"}, "trim": {"type": "string"}},
        "required": ["vin"],
    },
)
INTENT = Shape(
    "intent",
    {
        "type": "object",
        "properties": {
            "label": {"type": "string", "enum": ["buy", "service"]},
            "day": {"type": "string", "format": "date"},
        },
        "required": ["label"],
    },
)


async def failing(server: ModelServer, api: Api, *, stream: bool = False, **more: Any) -> StepError:
    """The error of a call, after the checks that hold for each."""
    asked = len(server.received)
    with pytest.raises(StepError) as raised:
        await model(server, api, **more).answer(request(), (lambda _: None) if stream else None)
    error = raised.value
    assert len(server.received) == asked + 1
    assert error.__cause__ is None
    for secret in (KEY, SECRET_TEXT, "scripted failure"):
        assert secret not in f"{error.message}{error.help}"
    return error


@both
@streamed
async def test_an_answer_is_given_whole_with_what_it_took(api: Api, stream: bool) -> None:
    heard: list[str] = []
    with serving(Reply("We open at nine on Saturday.")) as server:
        answer = await model(server, api).answer(request(), heard.append if stream else None)
    assert answer.text == "We open at nine on Saturday."
    assert answer.usage == Usage(11, 7, 3)
    assert (answer.finish, answer.provider, answer.model) == ("stop", "127.0.0.1", "scripted-1")
    assert answer.id
    assert len(server.received) == 1
    if stream:
        assert len(heard) > 3
        assert "".join(heard) == answer.text


@both
@streamed
async def test_tools_are_asked_for_with_their_split_arguments(api: Api, stream: bool) -> None:
    calls = (
        Call("look_up_price", '{"vin": "1HGCM82633A004352", "trim": null}', "call_a"),
        Call("look_up_price", '{"vin": "2HGCM82633A004352", "trim": "EX-L \\u00e9"}', "call_b"),
    )
    with serving(Reply(calls=calls, piece=3)) as server:
        answer = await model(server, api).answer(
            request(tools=(LOOK_UP,)), (lambda _: None) if stream else None
        )
    assert answer.finish == "calls"
    assert [call.id for call in answer.calls] == ["call_a", "call_b"]
    # The null was there because the API wants every argument: the tool's own schema does not know it.
    assert [json.loads(call.arguments) for call in answer.calls] == [
        {"vin": "1HGCM82633A004352"},
        {"vin": "2HGCM82633A004352", "trim": "EX-L é"},
    ]


@both
@streamed
async def test_arguments_that_are_no_json_are_left_as_they_are(api: Api, stream: bool) -> None:
    with serving(Reply(calls=(Call("look_up_price", '{"vin": '),))) as server:
        answer = await model(server, api).answer(
            request(tools=(LOOK_UP,)), (lambda _: None) if stream else None
        )
    assert answer.calls == (ToolCall("call_1", "look_up_price", '{"vin": '),)


@both
@streamed
async def test_a_refusal_is_an_answer(api: Api, stream: bool) -> None:
    with serving(Reply(refusal="I will not do that.")) as server:
        answer = await model(server, api).answer(request(), (lambda _: None) if stream else None)
    assert (answer.finish, answer.refusal, answer.text) == ("refused", "I will not do that.", "")


@both
@streamed
@pytest.mark.parametrize(("said", "finish"), [("length", "length"), ("content_filter", "filtered")])
async def test_why_an_answer_ended_is_told(api: Api, stream: bool, said: str, finish: str) -> None:
    with serving(Reply("We op", finish=said)) as server:
        answer = await model(server, api).answer(request(), (lambda _: None) if stream else None)
    assert (answer.finish, answer.text) == (finish, "We op")


@both
@streamed
async def test_tokens_that_nobody_told_are_estimated(api: Api, stream: bool) -> None:
    with serving(Reply("We open at nine.", usage=None)) as server:
        answer = await model(server, api).answer(request(), (lambda _: None) if stream else None)
    assert answer.usage.estimated
    assert answer.usage.input >= len(SECRET_TEXT) / 4
    assert answer.usage.output >= 4


@both
@streamed
async def test_an_empty_answer_is_an_error(api: Api, stream: bool) -> None:
    with serving(Reply(choices=False)) as server:
        error = await failing(server, api, stream=stream)
    assert (error.type, error.retryable) == ("bad_answer", True)


@both
async def test_a_stream_that_is_cut_is_an_error(api: Api) -> None:
    with serving(Reply("We open at nine.", cut=3)) as server:
        error = await failing(server, api, stream=True)
    assert (error.type, error.retryable) == ("network", True)


@both
async def test_a_stream_that_ends_too_early_is_an_error(api: Api) -> None:
    with serving(Reply("We open at nine.", ended=3)) as server:
        error = await failing(server, api, stream=True)
    assert (error.type, error.retryable) == ("network", True)
    assert "broke off" in error.message


@both
async def test_a_stream_that_never_gets_done_runs_out_of_time(api: Api) -> None:
    """Each piece comes in time; the whole does not."""
    with serving(Reply("a" * 400, gap=0.05)) as server:
        error = await failing(server, api, stream=True, timeout=0.3)
    assert (error.type, error.retryable) == ("timeout", True)


@both
@streamed
async def test_silence_runs_out_of_time(api: Api, stream: bool) -> None:
    with serving(Reply("late", delay=2)) as server:
        error = await failing(server, api, stream=stream, timeout=0.2)
    assert (error.type, error.retryable) == ("timeout", True)


@both
@streamed
@pytest.mark.parametrize(
    ("status", "code", "kind", "retryable"),
    [
        (429, "rate_limit_exceeded", "rate_limited", True),
        (429, "insufficient_quota", "rate_limited", False),
        (500, "", "overloaded", True),
        (503, "", "overloaded", True),
        (408, "", "timeout", True),
        (400, "context_length_exceeded", "bad_input", False),
        (404, "model_not_found", "bad_input", False),
        (401, "invalid_api_key", "unauthorized", False),
        (403, "", "unauthorized", False),
    ],
)
async def test_errors_of_the_server_are_those_of_a_step(
    api: Api, stream: bool, status: int, code: str, kind: str, retryable: bool
) -> None:
    with serving(Reply(status=status, code=code, message=f"{KEY} {SECRET_TEXT}")) as server:
        error = await failing(server, api, stream=stream)
    assert (error.type, error.retryable) == (kind, retryable)


@both
async def test_only_known_codes_and_our_own_parameters_are_told(api: Api) -> None:
    with serving(Reply(status=400, code="unsupported_value", param="model.x")) as server:
        error = await failing(server, api)
        assert "(400, unsupported_value, `model`)" in error.message
    with serving(Reply(status=400, code="sk-leak", param=SECRET_TEXT)) as server:
        error = await failing(server, api)
        assert "(400)" in error.message


@both
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
    ],
)
async def test_how_long_to_wait_is_told(
    api: Api, headers: dict[str, str], seconds: float | None
) -> None:
    with serving(Reply(status=429, headers=tuple(headers.items()))) as server:
        error = await failing(server, api)
    assert error.retry_after == seconds


@both
@pytest.mark.parametrize(("ahead", "seconds"), [(30, 30.0), (-30, 0.0)])
async def test_a_date_to_wait_for_is_beside_the_servers_own(
    api: Api, ahead: int, seconds: float
) -> None:
    """The server's clock may be wrong: the difference counts."""
    theirs = datetime(2031, 5, 1, 12, tzinfo=UTC)
    until = theirs + timedelta(seconds=ahead)
    headers = (
        ("date", format_datetime(theirs, usegmt=True)),
        ("retry-after", format_datetime(until, usegmt=True)),
    )
    with serving(Reply(status=503, headers=headers)) as server:
        error = await failing(server, api)
    assert error.retry_after == seconds


@both
async def test_an_error_within_a_stream_is_an_error(api: Api) -> None:
    with serving(Reply("We open", error="server_error")) as server:
        error = await failing(server, api, stream=True)
        assert (error.type, error.retryable) == ("overloaded", True)
    with serving(Reply("We open", error="rate_limit_exceeded")) as server:
        error = await failing(server, api, stream=True)
        assert (error.type, error.retryable) == ("rate_limited", True)


@both
async def test_what_the_providers_filter_holds_back_is_an_answer(api: Api) -> None:
    with serving(Reply(status=400, code="content_filter")) as server:
        answer = await model(server, api).answer(request())
    assert (answer.finish, answer.text, answer.usage.output) == ("filtered", "", 0)


@both
@streamed
@pytest.mark.parametrize(
    "raw",
    [b"<html>proxy</html>", b'{"choices": 7, "output": 7}', b"[]", b"null", b"", b"data: {\n\n"],
)
async def test_what_is_not_of_the_apis_form_is_an_error(api: Api, stream: bool, raw: bytes) -> None:
    with serving(Reply(raw=raw)) as server:
        error = await failing(server, api, stream=stream)
    assert error.type in ("bad_answer", "network")
    assert error.retryable


@both
async def test_a_server_that_is_not_there_is_an_error(api: Api) -> None:
    with serving(Reply()) as server:
        pass
    with pytest.raises(StepError) as raised:
        await model(server, api).answer(request())
    assert (raised.value.type, raised.value.retryable) == ("network", True)


@both
async def test_a_redirect_is_not_followed(api: Api) -> None:
    with serving(Reply("stolen")) as other:
        moved = Reply(status=307, headers=(("location", f"{other.url}/chat/completions"),))
        with serving(moved) as server:
            error = await failing(server, api)
    assert "another place" in error.message
    assert other.received == []


@both
async def test_a_listener_that_fails_is_no_fault_of_the_server(api: Api) -> None:
    def fails(piece: str) -> None:
        raise ValueError(piece)

    with serving(Reply("We open")) as server, pytest.raises(ValueError, match="We o"):
        await model(server, api).answer(request(), fails)


async def test_the_key_goes_in_its_header_and_the_environment_adds_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody-else")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/elsewhere")
    with serving(Reply("hi")) as server:
        await model(server).answer(request())
        await OpenAIModel(Endpoint(url=server.url), "m").answer(request())
    with_key, without = server.received
    assert with_key.headers["authorization"] == f"Bearer {KEY}"
    assert "sk-of" not in str(without.headers)
    assert "secret" not in str([each.headers for each in server.received])


async def test_a_key_that_is_not_there_is_told_before_any_call() -> None:
    def missing() -> str:
        raise ConfigurationError("the secret `env:X` is not there or empty")

    with serving(Reply("hi")) as server:
        endpoint = Endpoint(url=server.url, key=missing)
        with pytest.raises(ConfigurationError, match="env:X"):
            await OpenAIModel(endpoint, "m").answer(request())
    assert server.received == []


@pytest.mark.parametrize(
    "url",
    [
        "http://models.example.com/v1",
        "https://me:pw@x.test/v1",
        "ftp://x.test",
        "https://x.test?k=1",
        "x",
        "https://x.test:99999",
        "http://127.0.0.1.evil.test/v1",
    ],
)
def test_a_url_that_shows_the_texts_to_others_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="https"):
        Endpoint(url=url)


def test_an_endpoint_knows_its_provider_and_api() -> None:
    assert (Endpoint().provider, Endpoint().asked_by) == ("openai", "responses")
    own = Endpoint(url="https://llm.dealer.test/v1")
    assert (own.provider, own.asked_by) == ("llm.dealer.test", "chat")
    azure = Endpoint(url="https://dealer.openai.azure.com", azure="2024-10-21")
    assert (azure.provider, azure.asked_by) == ("azure", "chat")


@both
async def test_azure_is_asked_at_its_deployment_with_its_header(api: Api) -> None:
    with serving(Reply("hi", model="gpt-4o-mini-2024-07-18")) as server:
        url = server.url.removesuffix("/v1")
        endpoint = Endpoint(url=url, key=lambda: KEY, api=api, azure="2024-10-21")
        answer = await OpenAIModel(endpoint, "front-desk").answer(request())
    (received,) = server.received
    path = (
        "/openai/deployments/front-desk/chat/completions" if api == "chat" else "/openai/responses"
    )
    assert received.path == f"{path}?api-version=2024-10-21"
    assert received.headers["api-key"] == KEY
    assert "authorization" not in received.headers
    assert (answer.provider, answer.model) == ("azure", "gpt-4o-mini-2024-07-18")


async def test_messages_of_every_role_are_sent_by_chat() -> None:
    messages = (
        Message("system", "Be kind."),
        Message("user", "What is it worth?", pictures=(PNG,)),
        Message("assistant", calls=(ToolCall("c1", "look_up_price", '{"vin": "1"}'),)),
        Message("tool", '{"price": 1}', answers="c1"),
    )
    asked = request(messages=messages, tools=(LOOK_UP,), shape=INTENT, temperature=0.2, seed=7)
    with serving(Reply('{"label": "buy", "day": null}')) as server:
        answer = await model(server, "chat").answer(asked)
    (body,) = server.bodies
    system, user, assistant, tool = body["messages"]
    assert system == {"role": "system", "content": "Be kind."}
    assert user["content"][1]["image_url"]["url"].startswith("data:image/png;base64,iVBOR")
    assert assistant["tool_calls"][0]["function"] == {
        "name": "look_up_price",
        "arguments": '{"vin": "1"}',
    }
    assert tool == {"role": "tool", "tool_call_id": "c1", "content": '{"price": 1}'}
    assert (body["temperature"], body["seed"], body["max_tokens"]) == (0.2, 7, 1000)
    shape = body["response_format"]["json_schema"]
    assert shape["strict"] is True
    assert shape["schema"]["required"] == ["label", "day"]
    assert body["tools"][0]["function"]["strict"] is True
    assert json.loads(answer.text) == {"label": "buy"}


async def test_messages_of_every_role_are_sent_by_responses() -> None:
    messages = (
        Message("system", "Be kind."),
        Message("user", "What is it worth?", pictures=(PNG,)),
        Message(
            "assistant", "Let me look.", calls=(ToolCall("c1", "look_up_price", '{"vin": "1"}'),)
        ),
        Message("tool", '{"price": 1}', answers="c1"),
    )
    asked = request(
        messages=messages, tools=(LOOK_UP,), shape=INTENT, temperature=0.2, longest_answer=5
    )
    with serving(Reply('{"label": "buy", "day": null}')) as server:
        answer = await model(server, "responses").answer(asked)
    (body,) = server.bodies
    system, user, said, call, output = body["input"]
    assert system == {"role": "system", "content": "Be kind."}
    assert user["content"][1]["image_url"].startswith("data:image/png;base64,iVBOR")
    assert said == {"role": "assistant", "content": "Let me look."}
    assert call == {
        "type": "function_call",
        "call_id": "c1",
        "name": "look_up_price",
        "arguments": '{"vin": "1"}',
    }
    assert output == {"type": "function_call_output", "call_id": "c1", "output": '{"price": 1}'}
    assert (body["temperature"], body["max_output_tokens"], body["store"]) == (0.2, 16, False)
    assert body["text"]["format"]["strict"] is True
    assert json.loads(answer.text) == {"label": "buy"}


@both
async def test_a_request_names_its_own_model(api: Api) -> None:
    with serving(Reply("hi", model="")) as server:
        answer = await model(server, api).answer(request(model="other-2"))
    assert (server.bodies[0]["model"], answer.model) == ("other-2", "other-2")


async def test_texts_become_vectors_of_length_one_in_their_order() -> None:
    with serving(Reply(vectors=[[3, 4], [0, 2]])) as server:
        found = await model(server, embedding_model="small").embed(["a", "b"])
    assert found.vectors == (pytest.approx((0.6, 0.8)), (0.0, 1.0))
    assert (found.usage, found.model) == (Usage(11, 0), "small")
    assert server.bodies[0]["input"] == ["a", "b"]


async def test_vectors_need_a_model_and_texts() -> None:
    with serving(Reply(vectors=[[1.0]])) as server:
        with pytest.raises(ConfigurationError, match="embeddings"):
            await model(server).embed(["a"])
        assert (await model(server, embedding_model="small").embed([])).vectors == ()
        assert server.received == []
        with pytest.raises(StepError, match="another number of vectors"):
            await model(server, embedding_model="small").embed(["a", "b"])


async def test_what_is_harmful_is_named() -> None:
    with serving(
        Reply(flagged=("violence", "harassment/threatening")),
    ) as server:
        verdict = await model(server).moderate("I will hurt you")
    assert verdict.categories == ("harassment/threatening", "violence")
    with serving(Reply()) as server:
        assert not (await model(server).moderate("hello")).flagged


def test_a_model_outlives_an_event_loop_and_leaves_no_connection_open() -> None:
    """`filterwarnings = error` would tell of a socket that is left."""
    with serving(Reply("hi")) as server:
        asked = model(server)
        for _ in range(2):
            assert asyncio.run(asked.answer(request())).text == "hi"


def test_what_is_dropped_in_a_ring_leaves_no_connection_open() -> None:
    """Collected in no order, a connection could go before its client."""

    async def whole() -> None:
        ring: list[Any] = [model(server)]
        ring.append(ring)
        await ring[0].answer(request())
        del ring
        gc.collect()

    with serving(Reply("hi")) as server:
        asyncio.run(whole())
    assert not _living
