"""Answers that go on: live events, as long as the caller may see them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial

from fastapi import Request
from fastapi.responses import StreamingResponse

from auterity_sdk.hosted.schemas.event import MEDIA_TYPE
from auterity_server.access.guard import still_allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Principal
from auterity_server.live import heard
from auterity_server.wiring import Wiring


def asks_for_stream(request: Request) -> bool:
    """Whether the caller wants events as they come, and not in pages."""
    return MEDIA_TYPE in request.headers.get("accept", "")


def streamed(
    request: Request,
    wiring: Wiring,
    principal: Principal,
    environment_id: str,
    messages: Callable[..., AsyncIterator[bytes]],
) -> StreamingResponse:
    """The messages of a stream of `live`, which is given the rest: a bell, when to stop, and whether it is still allowed."""
    still = partial(still_allowed, request, principal, Permission.RUNS_READ)
    live = partial(messages, stopping=wiring.stopping, allowed=still)
    bell = wiring.runs.stores.bell(environment_id)
    return StreamingResponse(heard(bell, live), media_type=MEDIA_TYPE)
