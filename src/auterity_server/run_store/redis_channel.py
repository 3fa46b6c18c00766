"""Word between processes over Redis that something was recorded. It is never more than word: the database has the events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import Context

from redis.asyncio import Redis
from redis.exceptions import RedisError

from auterity_server.run_store.bells import Bells

CHANNEL = "auterity.recorded"
"""A message is a JSON list of `[environment, run, length of its journal]`."""

_APART = 0.005
"""Seconds between two messages of a process. The first goes out at once; what comes meanwhile goes out together."""
_AGAIN = 1.0
"""Seconds after which a Redis that could not be reached is tried again. What is recorded meanwhile is not told."""
_PATIENCE = 2.0
_LULL = 60.0


class RedisChannel:
    """Tells of what this process records, and rings the bells where others tell. For one event loop."""

    def __init__(self, url: str, bells: Bells) -> None:
        self._redis = Redis.from_url(
            url,
            socket_timeout=_PATIENCE,
            socket_connect_timeout=_PATIENCE,
            socket_keepalive=True,
            retry=None,
        )
        self._bells = bells
        self._to_tell: dict[tuple[str, str], int] = {}
        self._wake = asyncio.Event()
        self._telling: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._closed = False

    def tell(self, environment: str, run_id: str, length: int) -> None:
        """Let other processes know, soon. It is not waited for, and not sent where Redis cannot be reached."""
        self._to_tell[environment, run_id] = length
        self._wake.set()
        if self._telling is None:
            self._telling = self._begin(self._tell)

    def listen(self) -> None:
        """Hear the others from now on: only a process with streams needs to."""
        if self._listening is None:
            self._listening = self._begin(self._listen)

    async def close(self) -> None:
        """Stop, and close the connections."""
        self._closed = True
        tasks = [each for each in (self._telling, self._listening) if each is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._redis.aclose()

    def _begin(self, part: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        # Not in the context of the request that was first, whose ids the log would tell for ever.
        return asyncio.create_task(self._go_on(part), context=Context())

    async def _go_on(self, part: Callable[[], Awaitable[None]]) -> None:
        """Do a part until all is closed, again where Redis was lost."""
        # Told by more than the cancel: a connection that cannot be put away in order raises its own error in its place.
        while not self._closed:
            with suppress(RedisError, OSError):
                await part()
            self._to_tell.clear()
            await asyncio.sleep(_AGAIN)

    async def _tell(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            told, self._to_tell = self._to_tell, {}
            if told:
                message = [[*place, length] for place, length in told.items()]
                await self._redis.publish(CHANNEL, json.dumps(message))
            await asyncio.sleep(_APART)

    async def _listen(self) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
            await pubsub.subscribe(CHANNEL)
            while True:
                message = await pubsub.get_message(timeout=_LULL)
                if message is not None:
                    for environment, _, _ in json.loads(message["data"]):
                        self._bells.ring(environment)
