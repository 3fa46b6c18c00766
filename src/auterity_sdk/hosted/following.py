"""A run, or all runs of an environment, followed over Server-Sent Events: what a broken connection missed is asked for again by the last id."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

import httpx2
from msgspec import Struct
from msgspec.structs import replace
from pydantic import ValidationError

from auterity_sdk.errors import HostedError, ServerUnavailable
from auterity_sdk.hosted.connection import Call, Connection
from auterity_sdk.hosted.retrying import Patience
from auterity_sdk.hosted.schemas.event import (
    MEDIA_TYPE,
    POSITION,
    EnvironmentEvent,
    RunEvent,
)

Kind = TypeVar("Kind", bound=RunEvent)

SILENCE = 45.0
"""Seconds without a byte after which a connection counts as broken; the server sends something every 15."""

NOTHING_MORE = 204
"""The status by which a server says that no event will come any more."""

LAST_EVENT = "RunEnded"

PATIENCE = Patience(attempts=8, first=0.25, most=10.0)
"""How often a connection that brings nothing new is tried again, one after the other."""

LASTING = Patience(attempts=60, first=0.25, most=10.0)
"""The same for who follows an environment and was answered once: a server that is started anew is waited for, some minutes."""


async def follow(
    connection: Connection,
    path: str,
    *,
    after: int = 0,
    silence: float = SILENCE,
    patience: Patience = PATIENCE,
) -> AsyncGenerator[RunEvent, None]:
    """The events behind the number `after`, each once and in order, until the run is over.

    Raises `HostedError` where the server refuses, `ServerUnavailable` where it stays away.
    """
    stream = _Stream(connection, Call("GET", path), str(after), silence, patience)
    async with aclosing(stream.messages()) as messages:
        async for message in messages:
            event = _event(message, RunEvent)
            if event is None or event.seq <= after:
                continue
            after = event.seq
            stream.came(str(after))
            yield event
            if event.event == LAST_EVENT:
                return


async def follow_all(
    connection: Connection,
    call: Call,
    *,
    after: int | None = None,
    silence: float = SILENCE,
    patience: Patience = PATIENCE,
    lasting: Patience = LASTING,
) -> AsyncGenerator[EnvironmentEvent, None]:
    """The events of an environment behind the position `after`, each once and in order, as long as they are asked for.

    `call` says which, and where they begin without `after`. Raises as `follow` does.
    """
    stream = _Stream(connection, call, "" if after is None else str(after), silence, patience)
    async with aclosing(stream.messages()) as messages:
        async for message in messages:
            stream.patience = lasting
            event = _event(message, EnvironmentEvent)
            if message.event == POSITION:
                stream.came(message.id)
            elif event is not None and (after is None or event.position > after):
                after = event.position
                stream.came(str(after))
                yield event


class _Stream(Struct):
    """The messages of a stream, which is asked for again behind `last_id` where it breaks."""

    connection: Connection
    call: Call
    last_id: str
    silence: float
    patience: Patience
    attempt: int = 0

    def came(self, last_id: str) -> None:
        """All up to this id has come."""
        self.last_id, self.attempt = last_id, 1

    async def messages(self) -> AsyncGenerator[httpx2.ServerSentEvent, None]:
        while True:
            self.attempt += 1
            error: ServerUnavailable | None = None
            try:
                async with self.connection.streamed(self._asked(), silence=self.silence) as answer:
                    if answer.status_code == NOTHING_MORE:
                        return
                    async for message in httpx2.EventSource(answer):
                        yield message
            except httpx2.SSEError:
                raise HostedError("the server answers with something else than events") from None
            except httpx2.TransportError as broken:
                error = self.connection.unreachable(broken)
            except ServerUnavailable as away:
                error = away
            pause = self.patience.pause(self.attempt, error.retry_after if error else None)
            if pause is None:
                raise error or ServerUnavailable(
                    "the server ends the stream of events again and again"
                )
            await asyncio.sleep(pause)

    def _asked(self) -> Call:
        headers = {"accept": MEDIA_TYPE}
        if self.last_id:
            headers["last-event-id"] = self.last_id
        return replace(self.call, headers=headers)


def _event(message: httpx2.ServerSentEvent, kind: type[Kind]) -> Kind | None:
    if message.event != "message" or not message.data:
        return None
    try:
        return kind.model_validate_json(message.data)
    except ValidationError:
        raise HostedError(
            "an event is not what this version of auterity knows",
            help="check that auterity is up to date",
        ) from None
