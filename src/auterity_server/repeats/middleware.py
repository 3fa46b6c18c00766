"""What lets every POST with an Idempotency-Key count once: reads the key, and keeps the answer."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auterity_server.problems import Problem, answer
from auterity_server.repeats.once import HEADER, CameBefore, KeptAnswers, Once


class CountsOnce:
    """Around the application. The guard of a route asks whether the request came before, once it knows the caller."""

    def __init__(self, app: ASGIApp, kept: Callable[[], KeptAnswers]) -> None:
        self._app = app
        self._kept = kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        post = scope["type"] == "http" and scope["method"] == "POST"
        key = Headers(scope=scope).get(HEADER) if post else None
        if key is None:
            await self._app(scope, receive, send)
            return
        once = Once(self._kept(), key)
        scope["auterity.once"] = once
        try:
            await self._app(scope, receive, _Keeper(once, send))
        finally:
            once.end()


class _Keeper:
    """Sends an answer, and before its last byte keeps it, where the request had its effect.

    An answer of a defect is not kept: nobody knows then what there is.
    """

    def __init__(self, once: Once, send: Send) -> None:
        self._once = once
        self._send = send
        self._begun: Message = {}
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if not self._once.has_mark:
            await self._send(message)
            return
        if message["type"] == "http.response.start":
            self._begun = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        status = self._begun["status"]
        if status < 500:
            await self._once.keep(status, Headers(raw=self._begun["headers"]), bytes(self._body))
        await self._send(self._begun)
        await self._send({**message, "body": bytes(self._body)})


async def _told_again(_: Request, error: Exception) -> Response:
    if not isinstance(error, CameBefore):
        raise error
    try:
        return await error.once.answer_of_before()
    except Problem as problem:
        return answer(problem)


def count_once(app: FastAPI, kept: Callable[[], KeptAnswers]) -> None:
    """Let requests with a key count once."""
    app.add_exception_handler(CameBefore, _told_again)
    app.add_middleware(CountsOnce, kept=kept)
