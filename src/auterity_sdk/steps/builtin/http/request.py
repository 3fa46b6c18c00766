"""The step type `http.request`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from pydantic import Field

from auterity_sdk.connections.web import AnswerLost, Web, WebRequest, WebResponse
from auterity_sdk.errors import StepError
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import argument, declare, effect, label
from auterity_sdk.workflow.duration import Duration

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

_SAFE = ("GET", "HEAD")
_REPEATABLE = (*_SAFE, "PUT", "DELETE")
"""The methods that may be repeated with the same effect as once (RFC 9110, 9.2.2)."""

_LONGEST_WAIT = 86_400.0


class Answer(Output):
    """What the other side answered. `headers` have names in lower case; a cookie is not kept: it is a credential."""

    status: int
    headers: dict[str, str] = Field(default_factory=dict)
    text: str = ""
    data: Any = None
    """The body's value where the answer is JSON."""


@step(
    name="http.request",
    idempotent={"method": _REPEATABLE, "honours_key": (True,)},
    declares=declare(
        effects=[
            effect("web", method=argument("method"), url=argument("url"), text=argument("body"))
        ],
        labels=[label("free_text", "text"), label("free_text", "data")],
        passes=(),
    ),
)
async def request(
    context: StepContext,
    url: str,
    method: Method = "GET",
    headers: dict[str, str] | None = None,
    body: Any = None,
    timeout: Duration = Duration.parse("30s"),  # noqa: ASYNC109, B008 - the engine's is another
    accept: list[int] | None = None,
    connection: str | None = None,
    honours_key: bool = False,
) -> Answer:
    """Send an HTTP request, to public addresses only.

    A host inside is spoken with where a connection of `auterity.toml` names it; with `connection`, `url` may be a path
    below its own. A `body` that is no text is sent as JSON. An answer of 400 and above fails the step, unless `accept` lists it; 408, 425, 429 and 5xx may be tried
    again, after the time that the other side asks for. Anything but GET and HEAD carries an `Idempotency-Key`; with
    `honours_key` you say that the other side acts once on it. Without, a POST or PATCH of which nobody knows whether it
    came is not sent again: the step ends `uncertain`.
    """
    sent = WebRequest(
        method=method,
        url=url,
        headers=_headers(
            context, method, headers or {}, is_json=body is not None and not isinstance(body, str)
        ),
        body=_body(body),
        timeout=timeout.seconds,
    )
    try:
        response = await context.connections.get(Web, connection).send(sent)
    except AnswerLost as lost:
        if honours_key or method in _REPEATABLE:
            raise
        raise StepError(lost.message, type="effect_unknown") from None
    if response.status >= 400 and response.status not in (accept or ()):
        raise _failure(response, context.now)
    return _answer(response)


def _headers(
    context: StepContext, method: Method, given: dict[str, str], *, is_json: bool
) -> dict[str, str]:
    ours = {} if method in _SAFE else {"idempotency-key": context.idempotency_key}
    if is_json:
        ours["content-type"] = "application/json"
    return {**ours, **{name.lower(): value for name, value in given.items()}}


def _body(body: Any) -> bytes:
    if body is None:
        return b""
    try:
        text = (
            body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, allow_nan=False)
        )
        return text.encode()
    except (TypeError, ValueError):
        raise StepError("the body cannot be written as JSON", type="bad_input") from None


def _failure(response: WebResponse, now: datetime) -> StepError:
    status = response.status
    message = f"the other side answered {status}"
    if status == 429:
        wait = _retry_after(response, now)
        return StepError(message, type="rate_limit", retryable=True, retry_after=wait)
    if status >= 500 or status in (408, 425):
        wait = _retry_after(response, now)
        return StepError(message, type="http_status", retryable=True, retry_after=wait)
    return StepError(message, type="http_status")


def _retry_after(response: WebResponse, now: datetime) -> float | None:
    """Seconds to wait, from a number or a date (RFC 9110, 10.2.3); at most a day."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), _LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((until - now).total_seconds(), 0.0), _LONGEST_WAIT)


def _answer(response: WebResponse) -> Answer:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    text = response.body.decode("utf-8", "replace")
    value = None
    if kind == "application/json" or kind.endswith("+json"):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            raise StepError(
                "the answer is not the JSON it says it is", type="bad_response"
            ) from None
    return Answer(
        status=response.status,
        headers={name: text for name, text in response.headers.items() if name != "set-cookie"},
        text=text,
        data=value,
    )
