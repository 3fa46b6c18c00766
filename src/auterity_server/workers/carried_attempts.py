"""The attempts that one process carries out, in whatever environment they are."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from auterity_sdk.errors import AuterityError
from auterity_sdk.runtime.attempt_worker import AttemptWorker, Pace
from auterity_sdk.runtime.carrying import AttemptLease
from auterity_sdk.runtime.parts import Part
from auterity_server.database.places import Environment, environment_of
from auterity_server.running.hosted_runs import EnvironmentRuns, HostedRuns

_LOG = logging.getLogger("auterity.worker")


class CarriedAttempts:
    """Carries out attempts of all environments, and sweeps now and then. `sweep_every` is in seconds.

    With `organisation_id`, of those of this one alone. Attempts in which processes died are made `apart`.
    """

    def __init__(
        self,
        runs: HostedRuns,
        pace: Pace,
        sweep_every: float,
        organisation_id: str = "",
        apart: Callable[[str, AttemptLease], Coroutine[Any, Any, bool]] | None = None,
    ) -> None:
        self._organisation = organisation_id
        self._runs = runs
        self._apart = apart
        self._pace = pace
        self._sweep_every = sweep_every
        self._workers: dict[str, AttemptWorker] = {}
        self._watching: list[asyncio.Task[None]] = []
        self._stop = asyncio.Event()

    async def carry_out(self, environment_id: str, run_id: str, step: str, attempt: int) -> None:
        """Carry out an attempt that word came of. Who sends word of an environment that is not there means nobody."""
        worker = self._workers.get(environment_id) or await self._of(environment_id)
        if worker is not None:
            await worker.carry_out(run_id, step, attempt)

    async def _of(self, environment_id: str) -> AttemptWorker | None:
        async with self._runs.database.reading() as connection:
            environment = await environment_of(connection, environment_id)
        if environment is None or not self._serves(environment):
            return None
        return self.of(await self._runs.of(environment))

    def _serves(self, environment: Environment) -> bool:
        return self._organisation in ("", environment.organisation_id)

    def of(self, runs: EnvironmentRuns) -> AttemptWorker:
        """Who carries out the attempts of an environment's runs, from now on."""
        found = self._workers.get(runs.environment.id)
        if found is None:
            carrier = runs.runtime.carrier
            assert carrier is not None  # noqa: S101 - this process was given a broker
            part = Part(runs.registry, None, self._runs.own, self._runs.only_own)
            apart = self._apart and partial(self._apart, runs.environment.id)
            found = AttemptWorker(runs.runtime, carrier, self._pace, part=part, apart=apart)
            self._workers[runs.environment.id] = found
            self._watching.append(asyncio.create_task(found.watch(self._stop)))
        return found

    async def make(
        self, environment_id: str, lease: AttemptLease, begins: Callable[[], None]
    ) -> None:
        """Carry out an attempt that another process has claimed and keeps; `begins` is called before. Raises `LeaseLost`."""
        worker = await self._of(environment_id)
        if worker is not None:
            begins()
            await worker.make(lease)

    async def sweep(self) -> None:
        """Look now and then, in every environment, for word that was lost and processes that died."""
        while not self._stop.is_set():
            for each in self._runs.all_known:
                if self._serves(each.environment):
                    self.of(each)
            for worker in tuple(self._workers.values()):
                try:
                    await worker.sweep()
                except (AuterityError, SQLAlchemyError) as error:
                    _LOG.warning("attempts cannot be looked for: %s", type(error).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._sweep_every):
                    await self._stop.wait()

    async def drain(self, seconds: float) -> None:
        """Claim nothing more, let what runs end, and give up the rest."""
        workers: Sequence[AttemptWorker] = tuple(self._workers.values())
        await asyncio.gather(*(each.drain(seconds) for each in workers), return_exceptions=True)
        self._stop.set()
        await asyncio.gather(*self._watching, return_exceptions=True)
