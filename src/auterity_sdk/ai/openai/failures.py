"""Errors of the client as those of a step. None quotes the server: its text may repeat a key or a customer."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import openai

from auterity_sdk.errors import StepError

FILTERED = frozenset(("content_filter", "content_policy_violation"))
_NAMED = FILTERED | frozenset((
        "context_length_exceeded", "model_not_found", "DeploymentNotFound", "insufficient_quota",
        "rate_limit_exceeded", "unsupported_parameter", "unsupported_value", "invalid_type",
        "missing_required_parameter", "invalid_value", "string_above_max_length", "invalid_json_schema",
        "invalid_image", "invalid_image_format", "image_too_large", "image_parse_error",
        "unsupported_image_media_type", "empty_image_file", "invalid_prompt", "server_error",
))  # fmt: skip
"""The codes of errors that are told. Any other word from outside might hold anything."""
_OVERLOADED = "overloaded"
_BAD_INPUT = "bad_input"


class Filtered(StepError):
    """The provider's filter let the request not pass."""


def failure(error: openai.OpenAIError, host: str, sent: Collection[str]) -> StepError:
    """What a step fails with. `sent` are the names of the request's parameters, one of which may be told."""
    if isinstance(error, openai.APITimeoutError):
        return timed_out(host)
    if isinstance(error, openai.APIConnectionError):
        return StepError(f"cannot speak with {host}", type="network", retryable=True)
    if isinstance(error, openai.APIStatusError):
        return _of_status(error, host, sent)
    if isinstance(error, openai.APIError):
        return in_the_answer(host, error.code)
    return StepError(
        f"the client for {host} refuses the call ({type(error).__name__})", type=_BAD_INPUT
    )


def timed_out(host: str) -> StepError:
    """No whole answer in time."""
    return StepError(f"{host} did not answer in time", type="timeout", retryable=True)


def broken_off(host: str) -> StepError:
    """A stream that ended before its answer did."""
    return StepError(f"the answer of {host} broke off", type="network", retryable=True)


def in_the_answer(host: str, code: str | None) -> StepError:
    """An error that is told where an answer had begun."""
    if code == "rate_limit_exceeded":
        return StepError(f"{host} takes no more for now", type="rate_limited", retryable=True)
    if code in FILTERED:
        return Filtered(f"{host} filters the request out", type=_BAD_INPUT)
    if code in _NAMED and code != "server_error":
        return StepError(f"{host} refuses the request ({code})", type=_BAD_INPUT)
    return StepError(f"{host} failed in its answer", type=_OVERLOADED, retryable=True)


def bad_answer(host: str, why: str) -> StepError:
    """An answer that is not of the API's form."""
    return StepError(f"the answer of {host} {why}", type="bad_answer", retryable=True)


@contextmanager
def readable(host: str) -> Iterator[None]:
    """What is inside reads an answer. The client lets pass what is not of the API's form: it shows here."""
    try:
        yield
    except (ValueError, AttributeError, TypeError, LookupError):
        raise bad_answer(host, "is not of the API's form") from None


def _of_status(error: openai.APIStatusError, host: str, sent: Collection[str]) -> StepError:
    status = error.status_code
    told = _told(error, sent)
    pause = retry_after(error.response.headers)
    if status == 429 and error.code == "insufficient_quota":
        return StepError(
            f"{host}: the account's quota is used up",
            type="rate_limited",
            help="look at the provider's limits and billing",
        )
    if status == 429:
        return StepError(
            f"{host} takes no more for now{told}",
            type="rate_limited",
            retryable=True,
            retry_after=pause,
        )
    if status in (401, 403):
        return StepError(
            f"{host} refuses the key{told}",
            type="unauthorized",
            help="`auterity doctor` says where the key is looked for",
        )
    if status == 408:
        return timed_out(host)
    if status >= 500 or status in (409, 425):
        return StepError(
            f"{host} cannot answer now{told}",
            type=_OVERLOADED,
            retryable=True,
            retry_after=pause,
        )
    if status < 400:
        return StepError(
            f"{host} answers from another place{told}, which is not followed",
            type="bad_answer",
            help="write that place as `base_url` of the connection",
        )
    if error.code in FILTERED:
        return Filtered(f"{host} filters the request out", type=_BAD_INPUT)
    return StepError(f"{host} refuses the request{told}", type=_BAD_INPUT)


def _told(error: openai.APIStatusError, sent: Collection[str]) -> str:
    code = [error.code] if error.code in _NAMED else []
    name = error.param.partition(".")[0].partition("[")[0] if error.param else ""
    parameter = [f"`{name}`"] if name in sent else []
    return f" ({', '.join([str(error.status_code), *filter(None, code), *parameter])})"


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from `Retry-After` (seconds, or a date beside the answer's own) or `retry-after-ms`."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after")
    seconds = _number(text)
    if seconds is not None or text is None:
        return seconds
    until, sent = _date(text), _date(headers.get("date"))
    if until is None:
        return None
    return max(0.0, (until - (sent or datetime.now(UTC))).total_seconds())


def _number(text: Any) -> float | None:
    try:
        number = float(text)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text or "")
    except (TypeError, ValueError):
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)
