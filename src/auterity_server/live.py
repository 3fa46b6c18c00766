"""The events of a run as Server-Sent Events, while whatever process carries it on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

from auterity_sdk.runs.event_form import event_data
from auterity_sdk.runs.events import RunEnded
from auterity_sdk.runtime.following import PAUSE
from auterity_sdk.runtime.inspection import Looking
from auterity_sdk.runtime.local import LocalRuntime

_SILENCE = 15.0
"""Seconds after which a comment is sent, so that what stands between does not take the stream for dead."""


async def stream(
    runtime: LocalRuntime,
    run_id: str,
    after: int,
    stopping: asyncio.Event,
    allowed: Callable[[], Awaitable[bool]],
) -> AsyncIterator[bytes]:
    """The events behind the number `after`, then each that comes, to the run's end or to the server's.

    It ends too where it is no more `allowed`: who lost the right to see the run sees no more of it.

    Personal data is masked. Each message bears the event's number as its id, from which a client goes on later.
    """
    looking = Looking(runtime, run_id)
    seq, quiet = 0, 0.0
    while not stopping.is_set() and await allowed():
        events = await runtime.store.events(run_id, seq)
        for event in events:
            seq += 1
            shown = await looking.at(event)
            if seq > after:
                yield _message(seq, event_data(run_id, seq, shown))
            if isinstance(event, RunEnded):
                return
        quiet = 0.0 if events else quiet + PAUSE
        if quiet >= _SILENCE:
            quiet = 0.0
            yield b": still here\n\n"
        await _pause(stopping)


def _message(seq: int, data: dict[str, object]) -> bytes:
    return f"id: {seq}\ndata: {json.dumps(data, default=str)}\n\n".encode()


async def _pause(stopping: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(PAUSE):
            await stopping.wait()
    except TimeoutError:
        return
