"""The port for HTTP requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from auterity_sdk.errors import StepError


@dataclass(frozen=True, slots=True)
class WebRequest:
    """A request. `url` is absolute, or a path below the connection's own address. `timeout` is in seconds."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    timeout: float = 30.0
    redirects: int = 5
    """How many redirects are followed at most."""


@dataclass(frozen=True, slots=True)
class WebResponse:
    """An answer: names of headers in lower case, and the body as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class AnswerLost(StepError):
    """The connection broke once the request was on its way: nobody knows whether it came."""

    def __init__(self, message: str) -> None:
        super().__init__(message, type="network", retryable=True)


class Web(Protocol):
    """Speaks HTTP with the addresses that it may speak with."""

    async def send(self, request: WebRequest) -> WebResponse:
        """The answer, of any status.

        Raises `StepError`: `network`, `timeout`, `address_refused`, `bad_input`, …; `AnswerLost` where the request
        may have come.
        """
        ...
