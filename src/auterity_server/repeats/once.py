"""One request with an Idempotency-Key: whether it came before, its mark, and its answer."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_sdk.hosted.schemas.problem import ProblemCode
from auterity_sdk.runtime.seal import SealKey
from auterity_server.database.database import Database
from auterity_server.database.kept_answers import KeptAnswer, add_mark, kept_answer, set_answer
from auterity_server.database.marking import MARK
from auterity_server.problems import Problem, conflict, wrong_value

HEADER = "Idempotency-Key"
LONGEST = 200
REPEATED = "Idempotency-Replayed"
"""The header of an answer that is told again."""

_TOLD = ("content-type", "etag", "location")
_DIGITS = 24
_PATIENCE, _LOOK = 5.0, 0.05
"""Seconds that the second of two requests waits for the answer to the first, and between two looks."""


class KeptAnswers(Struct, frozen=True):
    """Where they are kept. `now` gives milliseconds since 1970."""

    database: Database
    seal: SealKey
    now: Callable[[], int]

    async def find(self, id: str) -> KeptAnswer | None:
        """The mark of the request of that id."""
        async with self.database.reading() as connection:
            return await kept_answer(connection, id, self.now())


class CameBefore(Exception):
    """The request had its effect: the answer to it is told again, or why it cannot be."""

    def __init__(self, once: Once) -> None:
        super().__init__("the request came before")
        self.once = once


class Once:
    """A request that counts once. `id` is empty until its caller is known."""

    def __init__(self, kept: KeptAnswers, key: str) -> None:
        self._kept = kept
        self._key = key
        self._fingerprint = ""
        self._task: asyncio.Task[Any] | None = None
        self.id = ""
        self.has_mark = False

    async def begin(self, request: Request, actor: str) -> None:
        """The caller is known and allowed to ask. Raises `CameBefore`, and a problem for what is no key."""
        if _counts_by_itself(request):
            return
        if not 1 <= len(self._key) <= LONGEST:
            raise wrong_value(f"header/{HEADER}", f"is no text of 1 to {LONGEST} characters")
        self.id = _digest(actor, request.url.path, self._key)
        said = await request.body() + b"\0" + request.url.query.encode()
        self._fingerprint = self._kept.seal.fingerprint(hashlib.sha256(said).hexdigest())
        if await self._kept.find(self.id) is not None:
            raise CameBefore(self)
        self._task = asyncio.current_task()
        MARK.set(self)

    @property
    def is_due(self) -> bool:
        """See `Mark.is_due`."""
        return not self.has_mark and asyncio.current_task() is self._task

    async def make(self, connection: AsyncConnection) -> None:
        """See `Mark.make`. Raises `CameBefore`: transactions that write are made one after another."""
        now = self._kept.now()
        if await kept_answer(connection, self.id, now) is not None:
            raise CameBefore(self)
        await add_mark(connection, KeptAnswer(self.id, self._fingerprint, now))

    def made(self) -> None:
        """See `Mark.made`."""
        self.has_mark = True

    def end(self) -> None:
        """Nothing that is written from now on is of this request."""
        self._task = None

    async def keep(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Keep the answer, sealed: it may hold a secret that is shown once."""
        told = {name: headers[name] for name in _TOLD if name in headers}
        answer = {"status": status, "headers": told, "body": body.decode()}
        sealed = self._kept.seal.seal(answer, _bound(self.id))
        async with self._kept.database.writing() as connection:
            await set_answer(connection, self.id, sealed)

    async def answer_of_before(self) -> Response:
        """What the first such request was answered with; waits a little for it. Raises a problem."""
        until = asyncio.get_running_loop().time() + _PATIENCE
        while True:
            found = await self._kept.find(self.id)
            if found is not None and found.fingerprint != self._fingerprint:
                raise _reused()
            if found is not None and found.answer is not None:
                return self._told_again(found.answer)
            if found is None or asyncio.get_running_loop().time() > until:
                raise conflict(
                    f"a request with this {HEADER} was done, and its answer is not known",
                    help="look whether what it makes is there; with a new key it is made again",
                )
            await asyncio.sleep(_LOOK)

    def _told_again(self, sealed: str) -> Response:
        answer = self._kept.seal.open(sealed, _bound(self.id))
        headers = {**answer["headers"], REPEATED: "true"}
        return Response(answer["body"], answer["status"], headers)


def id_by_key(request: Request) -> str | None:
    """An id that is the same for the same request with a key: for what is made outside of the control database."""
    once: Once | None = request.scope.get("auterity.once")
    return once.id[:_DIGITS] if once is not None and once.id else None


def _counts_by_itself(request: Request) -> bool:
    """Whether what the route makes has an id that is made of the key: runs, messages."""
    route = request.scope.get("route")
    named = route.dependant.header_params if isinstance(route, APIRoute) else ()
    return any(each.alias == HEADER for each in named)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _bound(id: str) -> str:
    return f"the answer to the request {id}"


def _reused() -> Problem:
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        ProblemCode.KEY_REUSED,
        f"this {HEADER} came with another request before",
        help="take a new key for a new request",
    )
