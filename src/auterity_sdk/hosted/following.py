"""A run followed over Server-Sent Events: what a broken connection missed is asked for again by the last id."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

import httpx2
from pydantic import ValidationError

from auterity_sdk.errors import HostedError, ServerUnavailable
from auterity_sdk.hosted.connection import Call, Connection
from auterity_sdk.hosted.retrying import Patience
from auterity_sdk.hosted.schemas.event import MEDIA_TYPE, RunEvent

SILENCE = 45.0
"""Seconds without a byte after which a connection counts as broken; the server sends something every 15."""

NOTHING_MORE = 204
"""The status by which a server says that no event will come any more."""

LAST_EVENT = "RunEnded"

PATIENCE = Patience(attempts=8, first=0.25, most=10.0)
"""How often a connection that brings nothing new is tried again, one after the other."""


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
    attempt = 0
    while True:
        attempt += 1
        call = Call("GET", path, headers={"accept": MEDIA_TYPE, "last-event-id": str(after)})
        error: ServerUnavailable | None = None
        try:
            async with connection.streamed(call, silence=silence) as response:
                if response.status_code == NOTHING_MORE:
                    return
                async for event in _events(response):
                    if event.seq <= after:
                        continue
                    after, attempt = event.seq, 1
                    yield event
                    if event.event == LAST_EVENT:
                        return
        except httpx2.SSEError:
            raise HostedError("the server answers with something else than events") from None
        except httpx2.TransportError as broken:
            error = connection.unreachable(broken)
        except ServerUnavailable as away:
            error = away
        pause = patience.pause(attempt, error.retry_after if error else None)
        if pause is None:
            raise error or ServerUnavailable("the server ends the stream of events again and again")
        await asyncio.sleep(pause)


async def _events(response: httpx2.Response) -> AsyncIterator[RunEvent]:
    async for message in httpx2.EventSource(response):
        if message.event != "message" or not message.data:
            continue
        try:
            yield RunEvent.model_validate_json(message.data)
        except ValidationError:
            raise HostedError(
                "an event is not what this version of auterity knows",
                help="check that auterity is up to date",
            ) from None
