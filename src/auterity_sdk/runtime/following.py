"""A run followed while whatever process carries it on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from auterity_sdk.runs.events import Event, RunEnded
from auterity_sdk.runtime.inspection import Looking
from auterity_sdk.runtime.local import LocalRuntime

PAUSE = 0.25
"""Seconds between two looks at the journal."""


async def follow(
    runtime: LocalRuntime, run_id: str, *, reveal: bool = False, pause: float = PAUSE
) -> AsyncIterator[tuple[int, Event]]:
    """The events of a run with their numbers, from 1: those that there are, then each that comes, to the run's end.

    Nothing is carried on by this. Personal data is masked, unless `reveal`. Raises `RunNotFound`.
    """
    looking = Looking(runtime, run_id, reveal)
    seq = 0
    while True:
        for event in await runtime.store.events(run_id, seq):
            seq += 1
            yield seq, await looking.at(event)
            if isinstance(event, RunEnded):
                return
        await asyncio.sleep(pause)
