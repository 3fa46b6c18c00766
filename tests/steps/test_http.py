from dataclasses import dataclass, field
from typing import Any

import pytest

from auterity_sdk.connections.web import AnswerLost, WebRequest, WebResponse
from auterity_sdk.errors import StepError
from auterity_sdk.steps.builtin import http
from auterity_sdk.steps.context import StepContext
from auterity_sdk.workflow.duration import Duration


@dataclass
class Answering:
    """The other side of the port: gives one answer and notes what it was asked."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    asked: list[WebRequest] = field(default_factory=list)

    async def send(self, request: WebRequest) -> WebResponse:
        self.asked.append(request)
        return WebResponse(self.status, self.headers, self.body)


JSON = {"content-type": "application/json; charset=utf-8"}


async def test_an_answer_of_json_is_read(context: StepContext, connections: Any) -> None:
    connections.web = Answering(headers=JSON, body=b'{"a": [1]}')
    found = await http.request.function(context, "https://x.test/")
    assert (found.status, found.data, found.text) == (200, {"a": [1]}, '{"a": [1]}')


async def test_a_cookie_is_not_kept(context: StepContext, connections: Any) -> None:
    connections.web = Answering(headers={"set-cookie": "hush", "x-a": "b"})
    found = await http.request.function(context, "https://x.test/")
    assert found.headers == {"x-a": "b"}


async def test_another_answer_is_text(context: StepContext, connections: Any) -> None:
    connections.web = Answering(body=b'{"a"\xff')
    found = await http.request.function(context, "https://x.test/")
    assert (found.data, found.text) == (None, '{"a"\ufffd')


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000])
async def test_a_lie_about_json_is_a_bad_answer(
    context: StepContext, connections: Any, body: bytes
) -> None:
    connections.web = Answering(headers=JSON, body=body)
    with pytest.raises(StepError) as raised:
        await http.request.function(context, "https://x.test/")
    assert raised.value.type == "bad_response"


async def test_a_value_is_sent_as_json_with_the_idempotency_key(
    context: StepContext, connections: Any
) -> None:
    connections.web = Answering()
    await http.request.function(
        context, "https://x.test/", "POST", {"X-A": "b"}, {"name": "Jörg"},
        timeout=Duration.parse("1500ms"),
    )  # fmt: skip
    (asked,) = connections.web.asked
    assert asked.body == '{"name": "Jörg"}'.encode()
    assert asked.timeout == 1.5
    assert asked.headers == {
        "content-type": "application/json", "idempotency-key": "run-1/s", "x-a": "b",
    }  # fmt: skip


async def test_a_text_is_sent_as_it_is_and_a_get_has_no_key(
    context: StepContext, connections: Any
) -> None:
    connections.web = Answering()
    await http.request.function(context, "https://x.test/", "PUT", body="a=b")
    await http.request.function(context, "https://x.test/")
    assert connections.web.asked[0].body == b"a=b"
    assert "content-type" not in connections.web.asked[0].headers
    assert connections.web.asked[1].headers == {}


async def test_what_is_no_json_is_bad_input(context: StepContext, connections: Any) -> None:
    connections.web = Answering()
    for body in (object(), float("nan"), "\ud800"):
        with pytest.raises(StepError) as raised:
            await http.request.function(context, "https://x.test/", "POST", body=body)
        assert raised.value.type == "bad_input"
    assert connections.web.asked == []


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (400, "http_status", False), (401, "http_status", False), (404, "http_status", False),
        (408, "http_status", True), (429, "rate_limit", True), (500, "http_status", True), (503, "http_status", True),
    ],
)  # fmt: skip
async def test_a_bad_status_fails(
    context: StepContext, connections: Any, status: int, kind: str, retryable: bool
) -> None:
    connections.web = Answering(status, body=b"personal")
    with pytest.raises(StepError) as raised:
        await http.request.function(context, "https://x.test/?token=hush")
    error = raised.value
    assert (error.type, error.retryable, error.retry_after) == (kind, retryable, None)
    assert "hush" not in error.message
    assert "personal" not in error.message
    accepted = await http.request.function(context, "https://x.test/", accept=[status])
    assert accepted.status == status


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120), ("Mon, 23 Nov 2026 15:00:30 GMT", 30), ("Mon, 23 Nov 2026 14:00:00 GMT", 0), ("-5", None),
        ("soon", None), ("", None), ("9" * 400, 86_400), ("²", None), ("Mon, 23 Nov 2099 14:00:00 GMT", 86_400),
    ],
)  # fmt: skip
async def test_the_time_to_wait_is_the_other_sides(
    context: StepContext, connections: Any, text: str, seconds: float | None
) -> None:
    connections.web = Answering(429, {"retry-after": text})
    with pytest.raises(StepError) as raised:
        await http.request.function(context, "https://x.test/")
    assert raised.value.retry_after == seconds


@dataclass
class Breaking:
    """The other side of the port: the connection breaks once the request is on its way."""

    async def send(self, request: WebRequest) -> WebResponse:
        raise AnswerLost("the connection broke")


@pytest.mark.parametrize(
    ("method", "honours", "told"),
    [
        ("GET", False, "network"),
        ("PUT", False, "network"),
        ("DELETE", False, "network"),
        ("POST", False, "effect_unknown"),
        ("PATCH", False, "effect_unknown"),
        ("POST", True, "network"),
    ],
)
async def test_a_request_that_broke_off_may_have_come(
    context: StepContext, connections: Any, method: Any, honours: bool, told: str
) -> None:
    connections.web = Breaking()
    with pytest.raises(StepError) as raised:
        await http.request.function(context, "https://x.test/", method, honours_key=honours)
    assert raised.value.type == told
    assert raised.value.retryable == (told == "network")
