"""What holds for every request: a body of a bounded size, headers that protect browsers, no error that gets out."""

from __future__ import annotations

import logging
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auterity_sdk.hosted.schemas.problem import ProblemCode
from auterity_server.problems import Problem, answer
from auterity_server.route_templates import route_of

_LOG = logging.getLogger("auterity.server")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Sent with every answer that does not say otherwise."""


class _TooLarge(Exception):
    """The body has more bytes than may be."""


class HttpSafety:
    """The outermost part of the application of ours."""

    def __init__(self, app: ASGIApp, max_body: int) -> None:
        self._app = app
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        problem = await self._served(scope, self._bounded(receive), sending)
        if problem is not None and not started:
            await answer(problem)(scope, receive, sending)

    async def _served(self, scope: Scope, receive: Receive, send: Send) -> Problem | None:
        if _length(scope) > self._max_body:
            return self._too_large
        try:
            await self._app(scope, receive, send)
        except _TooLarge:
            return self._too_large
        except Exception as error:  # noqa: BLE001 - the outermost border: no traceback gets out
            # The text of an unforeseen error may quote a customer's data: only its type is logged.
            said = (scope["method"], route_of(scope), type(error).__name__)
            _LOG.error("%s %s ended in %s", *said, exc_info=error)
            return Problem(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                ProblemCode.INTERNAL,
                "this is a defect of the server; its log names the kind of error",
            )
        return None

    @property
    def _too_large(self) -> Problem:
        return Problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            ProblemCode.TOO_LARGE,
            f"the body has more than {self._max_body} bytes",
        )

    def _bounded(self, receive: Receive) -> Receive:
        seen = 0

        async def receiving() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._max_body:
                raise _TooLarge
            return message

        return receiving


def _length(scope: Scope) -> int:
    """The length that the request claims; 0 where it does not."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0
