"""A worker process of a scaled server: Celery's consumer in the main thread, and everything else in one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any

from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.attempt_worker import Pace
from auterity_sdk.runtime.carrying import AttemptLease
from auterity_sdk.runtime.owner import this_owner
from auterity_server.database.places import Organisation, organisations_of_server
from auterity_server.database.workers import LiveWorker
from auterity_server.reporting.reported import reported
from auterity_server.running.apart import ApartProcesses
from auterity_server.running.broker import BUILT_IN, MAIL, make_celery, queue_of_own
from auterity_server.running.heartbeat import tell_that_it_lives
from auterity_server.settings import Settings
from auterity_server.wiring import wire
from auterity_server.workers.carried_attempts import CarriedAttempts
from auterity_server.workers.consuming import LoopThread, consume
from auterity_server.workers.own_steps import OwnSteps


class WorkerProcess:
    """Carries runs on, and attempts out, until it is told to stop. With `own`, it carries out these step types alone."""

    def __init__(self, settings: Settings, own: OwnSteps | None = None) -> None:
        self._settings = settings
        self._own = own
        self._wiring = wire(settings, works=True)
        self._tasks: list[asyncio.Task[None]] = []
        self._queues = [BUILT_IN]
        if self._wiring.sending is not None:
            self._queues.append(MAIL)
        self._told_to_end = asyncio.Event()
        if own is not None:
            own.serve(self._wiring.runs, speaks=settings.connections is None)

    def work(self, told: Callable[[], None]) -> None:
        """Work until a signal says stop; `told` is called once it works."""
        loop = LoopThread.start()
        begun: Future[CarriedAttempts] = Future()
        try:
            ended = loop.do(self._carry_on(begun))
            both: tuple[Future[Any], ...] = (begun, ended)
            wait(both, return_when=FIRST_COMPLETED)
            if not begun.done():
                ended.result()
            told()
            try:
                self._consume(loop, begun.result())
            finally:
                loop.loop.call_soon_threadsafe(self._told_to_end.set)
                ended.result()
        finally:
            loop.stop()

    def _consume(self, loop: LoopThread, attempts: CarriedAttempts) -> None:
        app, settings = make_celery(self._settings), self._settings

        async def drain() -> None:
            await attempts.drain(settings.drain.seconds)

        async def work(task: str, *ids: Any) -> None:
            if task != MAIL:
                await attempts.carry_out(*ids)
            elif self._wiring.sending is not None:
                await self._wiring.sending.send(*ids)

        consume(app, loop, self._queues, settings.concurrency, work, drain)

    async def _carry_on(self, begun: Future[CarriedAttempts]) -> None:
        wiring, settings = self._wiring, self._settings
        async with wiring.running():
            organisation_id = "" if self._own is None else await self._serve(self._own)
            pace = Pace(
                settings.attempt_lease.milliseconds,
                settings.attempt_heartbeat.milliseconds,
                settings.attempt_unclaimed.milliseconds,
            )
            folder = None if self._own is None else self._own.project.root
            apart = ApartProcesses(settings, folder).make
            attempts = CarriedAttempts(
                wiring.runs, pace, settings.sweep.seconds, organisation_id, apart
            )
            sweeping = asyncio.create_task(attempts.sweep())
            begun.set_result(attempts)
            await self._told_to_end.wait()
            await attempts.drain(0)
            wiring.stopping.set()
            await asyncio.gather(sweeping, *self._tasks)

    async def make_one(
        self, environment_id: str, lease: AttemptLease, begins: Callable[[], None]
    ) -> None:
        """Make one attempt that another process has claimed, and keeps; `begins` is called before. Raises `LeaseLost`."""
        wiring = self._wiring
        wiring.runs.carries_on = False
        try:
            if wiring.scaled is not None:
                await wiring.scaled.begin()
            attempts = CarriedAttempts(wiring.runs, Pace(), 0)
            await attempts.make(environment_id, lease, begins)
            await attempts.drain(0)
        finally:
            await wiring.close()

    async def _serve(self, own: OwnSteps) -> str:
        """Read what is offered to the step types of the project, and tell that they are here; gives the organisation's id."""
        wiring = self._wiring
        organisation = await self._organisation(own)
        self._queues = [queue_of_own(organisation.id, name) for name in sorted(own.digests)]
        now = wiring.clock.now()
        alive = LiveWorker(
            *(this_owner()[-64:], False, now, now, dict(own.digests)),
            organisation_id=organisation.id,
        )
        beats = tell_that_it_lives(alive, wiring.database, wiring.clock, wiring.stopping)
        self._tasks.append(asyncio.create_task(beats))
        return organisation.id

    async def _organisation(self, own: OwnSteps) -> Organisation:
        """The organisation of that name, or the only one. Raises `UsageError`."""
        async with self._wiring.database.reading() as connection:
            found = await organisations_of_server(connection, own.organisation)
        if len(found) == 1:
            return found[0]
        said = "several organisations" if found else "no organisation of that name"
        raise UsageError(f"the server has {said}", help="name the one to work for: --organisation")


def work(settings: Settings, own: OwnSteps | None, told: Callable[[], None]) -> None:
    """Work in this process. Raises `ConfigurationError`, `StoreUnavailable`, `UsageError`."""
    with reported(settings):
        WorkerProcess(settings, own).work(told)
