"""The events of a run, or of all runs of an environment, as Server-Sent Events, while whatever process carries them on."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager

from auterity_sdk.hosted.schemas.event import POSITION
from auterity_sdk.runs.event_form import event_data
from auterity_sdk.runs.events import RunEnded
from auterity_sdk.runtime.inspection import Looking
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.recorded import RecordedEvents, recorded_data
from auterity_server.run_store.bells import Bell

_SILENCE = 15.0
"""Seconds after which a comment is sent, so that what stands between does not take the stream for dead."""


async def stream(
    runtime: LocalRuntime,
    run_id: str,
    after: int,
    bell: Bell,
    stopping: asyncio.Event,
    allowed: Callable[[], Awaitable[bool]],
) -> AsyncIterator[bytes]:
    """The events behind the number `after`, then each that comes, to the run's end or to the server's.

    It ends too where it is no more `allowed`: who lost the right to see the run sees no more of it.

    Personal data is masked. Each message bears the event's number as its id, from which a client goes on later.
    """
    looking = Looking(runtime, run_id)
    seq, silent_since = 0, time.monotonic()
    while not stopping.is_set() and await allowed():
        events = await runtime.store.events(run_id, seq)
        for event in events:
            seq += 1
            shown = await looking.at(event)
            if seq > after:
                yield _message(seq, event_data(run_id, seq, shown))
            if isinstance(event, RunEnded):
                return
        silent_since = time.monotonic() if events else silent_since
        if time.monotonic() - silent_since >= _SILENCE:
            silent_since = time.monotonic()
            yield b": still here\n\n"
        await bell.wait(stopping)


async def stream_all(
    events: RecordedEvents,
    after: int,
    bell: Bell,
    stopping: asyncio.Event,
    allowed: Callable[[], Awaitable[bool]],
) -> AsyncIterator[bytes]:
    """The events of all runs of an environment behind a position, then each that comes, to the server's end.

    It ends too where it is no more `allowed`. The position that a message bears as its id says how far all has come, also
    where what came was not asked for: a client that goes on from there misses nothing.
    """
    silent_since = time.monotonic()
    yield _position(after)
    while not stopping.is_set() and await allowed():
        part = await events.behind(after)
        for each in part.events:
            yield _message(each.position, recorded_data(each))
        is_new, after = part.upto > after, part.upto
        silent_since = time.monotonic() if part.events else silent_since
        if time.monotonic() - silent_since >= _SILENCE:
            silent_since = time.monotonic()
            yield _position(after)
        if not is_new:
            await bell.wait(stopping)


async def heard(
    bell: AbstractContextManager[Bell], messages: Callable[[Bell], AsyncIterator[bytes]]
) -> AsyncIterator[bytes]:
    """The messages, with a bell that is rung as long as they are asked for."""
    with bell as rung:
        async for each in messages(rung):
            yield each


def _position(position: int) -> bytes:
    return f"event: {POSITION}\nid: {position}\ndata: {{}}\n\n".encode()


def _message(seq: int, data: dict[str, object]) -> bytes:
    return f"id: {seq}\ndata: {json.dumps(data, default=str)}\n\n".encode()
