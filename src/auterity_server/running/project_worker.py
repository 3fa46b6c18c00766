"""A worker with a project's own step types: it makes the attempts that the server has no code for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress

from msgspec import Struct, field

from auterity_sdk.errors import AuterityError, UsageError
from auterity_sdk.runtime.owner import this_owner
from auterity_sdk.runtime.plugins import BUILTIN_STEP_TYPES
from auterity_sdk.runtime.ports import Clock
from auterity_sdk.steps.declared import declaration_of, digest_of
from auterity_sdk.steps.registry import Registry
from auterity_server.database.changes import changes_of
from auterity_server.database.database import Database
from auterity_server.database.places import Environment, Organisation, environment_of
from auterity_server.database.workers import LiveWorker
from auterity_server.running.heartbeat import tell_that_it_lives
from auterity_server.running.hosted_runs import HostedRuns

_LOOK = 1.0
"""Seconds after which it looks again for what was pushed, and for environments with runs."""

Told = Callable[[str], None]
"""Told, in words, what the worker serves, and what it leaves."""


def own_step_types(registry: Registry) -> dict[str, str]:
    """The project's own step types, each with the digest of what it declares. Raises `UsageError` where there is none."""
    found = {}
    for name in sorted(set(registry.step_type_names()) - set(BUILTIN_STEP_TYPES)):
        made = registry.step_type(name)
        if made is not None:
            found[name] = digest_of(declaration_of(made))
    if not found:
        raise UsageError(
            "the project has no step types of its own",
            help='name their modules in auterity.toml: [project] steps = ["…"]; '
            "the server itself carries out those that come with Auterity",
        )
    return found


class ProjectWorker(Struct, eq=False):
    """Serves the environments of one organisation."""

    database: Database
    runs: HostedRuns
    clock: Clock
    organisation: Organisation
    told: Told
    _taken: dict[str, int] = field(default_factory=dict)
    _said: set[str] = field(default_factory=set)

    async def work(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set. Then what runs is stopped, and its leases are given back."""
        now = self.clock.now()
        worker = LiveWorker(
            this_owner()[-64:],
            False,
            now,
            now,
            self.runs.own,
            organisation_id=self.organisation.id,
        )
        beating = asyncio.create_task(tell_that_it_lives(worker, self.database, self.clock, stop))
        try:
            while not stop.is_set():
                await self._look()
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK):
                        await stop.wait()
        finally:
            stop.set()
            await self.runs.close()
            await beating

    async def _look(self) -> None:
        """Take in what changed (what is live, secrets, connections), and begin with environments that have runs by now."""
        for environment_id in await self.runs.stores.with_runs():
            async with self.database.reading() as connection:
                environment = await environment_of(connection, environment_id)
                if environment is None or environment.organisation_id != self.organisation.id:
                    continue
                changes = await changes_of(connection, environment.id)
            if self._taken.get(environment.id) != changes:
                await self._serve(environment)
                self._taken[environment.id] = changes

    async def _serve(self, environment: Environment) -> None:
        try:
            runs = await self.runs.of(environment)
        except AuterityError as error:
            self._tell(f"{environment.name} cannot be served: {error.message}")
            return
        await self.runs.changed(environment.id)
        declared = runs.registry.declared
        self._tell_of(environment, {name: each.digest for name, each in declared.items()})

    def _tell_of(self, environment: Environment, declared: Mapping[str, str]) -> None:
        for name, digest in sorted(self.runs.own.items()):
            if name not in declared:
                continue
            if declared[name] == digest:
                self._tell(f"{environment.name}: serves {name}")
            else:
                self._tell(
                    f"{environment.name}: leaves {name}, which was pushed with another declaration than this "
                    "project has: push again, or start the worker on what was pushed"
                )

    def _tell(self, said: str) -> None:
        if said not in self._said:
            self._said.add(said)
            self.told(said)
