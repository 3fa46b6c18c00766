"""Sends word of attempts by Celery, from a thread of its own: a broker that is slow or gone holds up nothing."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue

from celery import Celery
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from auterity_sdk.runtime.carrying import Begun
from auterity_sdk.runtime.clock import SystemClock
from auterity_server.database.database import Database
from auterity_server.database.places import Environment
from auterity_server.database.workers import living
from auterity_server.running.broker import ATTEMPT, BUILT_IN, MAIL, queue_of_own

_LOG = logging.getLogger("auterity.broker")

_PATIENCE = 2.0
_PAUSE = 1.0
"""Seconds for which nothing is sent after the broker could not be reached: a sweep sends it later."""

_Word = tuple[str, str, tuple[str | int, ...]]
"""A task, its queue, and its arguments."""


class Sender:
    """One thread that sends. Nobody waits for it; what it cannot send is dropped."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._words: SimpleQueue[_Word | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="auterity-sender", daemon=True)
        self._thread.start()

    def send(self, queue: str, environment_id: str, run_id: str, attempts: Sequence[Begun]) -> None:
        """Send word of these attempts soon."""
        for each in attempts:
            ids = (environment_id, run_id, each.step, each.attempt)
            self._words.put((ATTEMPT, queue, ids))

    def send_mail(self, id: str) -> None:
        """Send word soon of a mail in the outbox."""
        self._words.put((MAIL, MAIL, (id,)))

    def close(self) -> None:
        """Send what there is, and end."""
        self._words.put(None)
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while self._send_all():
            _LOG.warning(
                "the broker cannot be reached; attempts and mail wait in the database meanwhile"
            )
            if self._is_to_end(time.monotonic() + _PAUSE):
                return

    def _send_all(self) -> bool:
        """Send what comes by one connection; whether it broke."""
        try:
            with self._app.connection_for_write() as connection:
                producer = self._app.amqp.Producer(connection, auto_declare=False)
                while (word := self._words.get()) is not None:
                    task, queue, ids = word
                    self._app.send_task(task, args=ids, queue=queue, producer=producer, retry=False)
        except Exception:  # noqa: BLE001 - whatever a broker raises, the attempt waits in the store
            return True
        return False

    def _is_to_end(self, until: float) -> bool:
        """Drop what comes until then, or until it is to end."""
        while (left := until - time.monotonic()) > 0:
            with suppress(Empty):
                if self._words.get(timeout=left) is None:
                    return True
        return False


class CeleryCarrier:
    """See `AttemptCarrier`. For the runs of one environment."""

    def __init__(
        self,
        sender: Sender,
        redis: Redis,
        environment: Environment,
        built_in: Collection[str],
        database: Database,
    ) -> None:
        self._sender = sender
        self._redis = redis
        self._environment = environment.id
        self._organisation = environment.organisation_id
        self._built_in = built_in
        self._database = database
        self._clock = SystemClock()

    def queue_of(self, uses: str) -> str:
        """See `AttemptCarrier.queue_of`."""
        return BUILT_IN if uses in self._built_in else queue_of_own(self._organisation, uses)

    def send(self, run_id: str, attempts: Sequence[Begun]) -> None:
        """See `AttemptCarrier.send`."""
        for each in attempts:
            self._sender.send(each.queue, self._environment, run_id, (each,))

    async def unserved(self, uses: Mapping[str, str]) -> Collection[str]:
        """See `AttemptCarrier.unserved`."""
        try:
            async with self._database.reading() as connection:
                workers = await living(connection, self._clock.now(), self._organisation)
        except SQLAlchemyError:
            return ()
        has_built_in = any(each.has_built_in for each in workers)
        return {
            name
            for name, digest in uses.items()
            if not (
                has_built_in
                if name in self._built_in
                else any(each.has(name, digest) for each in workers)
            )
        }

    async def backlog(self, queue: str) -> int:
        """See `AttemptCarrier.backlog`."""
        try:
            return int(await self._redis.llen(queue))
        except (RedisError, OSError):
            return 0


class CeleryCarriers:
    """The carriers of a process, and its word of mails: one thread sends it all, and one connection counts what waits."""

    def __init__(
        self, app: Celery, broker_url: str, built_in: Collection[str], database: Database
    ) -> None:
        self._sender = Sender(app)
        self._redis = Redis.from_url(broker_url, socket_timeout=_PATIENCE)
        self._built_in = built_in
        self._database = database

    def of(self, environment: Environment) -> CeleryCarrier:
        """The carrier of an environment."""
        return CeleryCarrier(self._sender, self._redis, environment, self._built_in, self._database)

    def send_mail(self, id: str) -> None:
        """Send word soon of a mail in the outbox."""
        self._sender.send_mail(id)

    async def close(self) -> None:
        """Send what there is, if the broker can be reached, and end."""
        await asyncio.to_thread(self._sender.close)
        await self._redis.aclose()
