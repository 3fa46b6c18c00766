"""The runs of each environment, carried on in this process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from auterity_sdk.checks.profile import Profile
from auterity_sdk.errors import AuterityError
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.ports import Clock
from auterity_sdk.runtime.project import STORE_FOLDER, Project
from auterity_sdk.runtime.seal_key import seal_key
from auterity_sdk.runtime.settings import Settings as ProjectSettings
from auterity_sdk.runtime.stores.sealed import SealedStore
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.model import Workflow
from auterity_server.database.database import Database
from auterity_server.database.deployed import Deployed, Deployment
from auterity_server.database.places import Environment, environment_of
from auterity_server.running.connections import connections_of, no_secret
from auterity_server.running.run_stores import RunStores
from auterity_server.workflows.checking import read_workflow
from auterity_server.workflows.declarations import declared_project, merged

_LOG = logging.getLogger("auterity.server")
_PAUSE = 5.0
"""Seconds until a worker that could not go on begins again: a full disk, say."""


class EnvironmentRuns(Struct, eq=False):
    """The runtime of one environment, and what is live in it. Its mappings are changed where they stand: runs that go on
    see at once what went live."""

    environment: Environment
    folder: Path
    runtime: LocalRuntime
    registry: Registry
    zone: tzinfo = UTC
    live: dict[str, tuple[Deployment, Workflow]] = field(default_factory=dict)
    troubled: bool = False
    worker: asyncio.Task[None] | None = None

    def workflow(self, name: str) -> Workflow | None:
        """The live version of a workflow."""
        found = self.live.get(name)
        return None if found is None else found[1]


class HostedRuns(Struct, eq=False):
    """Gives the runs of an environment, and carries them on from then on.

    `settings` are the operator's: connections and budget of all environments.
    """

    database: Database
    stores: RunStores
    registry: Registry
    clock: Clock
    settings: ProjectSettings
    folder: Path
    most: int
    _made: dict[str, EnvironmentRuns] = field(default_factory=dict)
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def of(self, environment: Environment) -> EnvironmentRuns:
        """The runs of an environment. Raises `StoreUnavailable`, `ConfigurationError`."""
        async with self._making:
            found = self._made.get(environment.id)
            if found is None:
                found = self._make(environment)
                await self._take_in(found)
                self._made[environment.id] = found
                found.worker = asyncio.create_task(self._carry_on(found))
            return found

    def known(self, environment_id: str) -> EnvironmentRuns | None:
        """The runs of an environment, if they were asked for before."""
        return self._made.get(environment_id)

    async def went_live(self, environment_id: str) -> None:
        """Let the runs of an environment go by what is live there now."""
        async with self._making:
            found = self._made.get(environment_id)
            if found is not None:
                await self._take_in(found)

    async def carry_on_all(self) -> None:
        """Carry on what an earlier process left, in every environment that has runs."""
        for folder in sorted(self.folder.glob(f"*/{STORE_FOLDER}")):
            async with self.database.reading() as connection:
                environment = await environment_of(connection, folder.parent.name)
            if environment is not None:
                await self._begin(environment)

    async def _begin(self, environment: Environment) -> None:
        """Carry on an environment's runs. One whose store cannot be opened keeps no other from going on."""
        try:
            await self.of(environment)
        except AuterityError as error:
            _LOG.error("the runs of %s: %s", environment.id, type(error).__name__)

    @property
    def is_well(self) -> bool:
        """Every worker works."""
        return not any(each.troubled for each in self._made.values())

    async def close(self) -> None:
        """Stop all workers: what runs is stopped or recorded, and its lease given back."""
        self._stop.set()
        tasks = [each.worker for each in self._made.values() if each.worker is not None]
        await asyncio.gather(*tasks, return_exceptions=True)
        self.stores.close()

    def _make(self, environment: Environment) -> EnvironmentRuns:
        folder = self.folder / environment.id
        for each in (self.folder, folder):
            each.mkdir(mode=0o700, exist_ok=True)
        project = Project(folder, self.settings, python=False)
        registry = Registry(
            self.registry.step_types,
            self.registry.types,
            prepared=self.registry.prepared,
            workflows={},
            calendars={},
            queues={},
            versions={},
        )
        world = World(
            registry,
            connections_of(project),
            no_secret,
            {},
            tuple(self.settings.connections),
            self.settings.budget.bounds,
        )
        store = self.stores.of(environment.id)
        key = seal_key("file", project.store_folder)
        runtime = LocalRuntime(world, SealedStore(store, registry, key), self.clock)
        return EnvironmentRuns(environment, folder, runtime, registry)

    async def _take_in(self, runs: EnvironmentRuns) -> None:
        environment = runs.environment
        async with self.database.reading() as connection:
            here = Deployed(connection, environment.organisation_id, environment.id)
            live = await here.live()
            stored = await here.texts([each.deployment.workflow for each in live])
        found = {each.deployment.workflow: each for each in live}
        for name, each in found.items():
            known = runs.live.get(name)
            # The same object for the same version: its plan is compiled once.
            same = known is not None and known[0].version == each.deployment.version
            workflow = known[1] if known and same else read_workflow(each.text, each.path)
            if workflow is not None:
                runs.live[name] = each.deployment, workflow
        versions: dict[str, list[Workflow]] = {}
        for old in stored:
            workflow = read_workflow(old.text, old.path)
            if workflow is not None:
                versions.setdefault(old.workflow, []).append(workflow)
        _fill(runs.registry.workflows, {name: each[1] for name, each in runs.live.items()})
        _fill(runs.registry.versions, versions)
        declared = merged(each.deployment.project for each in live)
        self._go_by(runs, declared_project(declared, runs.folder))

    def _go_by(self, runs: EnvironmentRuns, project: Project) -> None:
        dealership, runs.zone = project.settings.dealership, project.zone
        _fill(runs.registry.calendars, project.calendars)
        _fill(runs.registry.queues, project.queues)
        _fill(runs.runtime.world.dealership, dealership.model_dump())
        runs.runtime.plans.dealer = Profile.of(dealership.country, dealership.region)

    async def _carry_on(self, runs: EnvironmentRuns) -> None:
        while not self._stop.is_set():
            try:
                runs.troubled = False
                await Worker(runs.runtime, most=self.most, problem=_tell_problem).work(self._stop)
            except Exception as error:  # noqa: BLE001 - others' runs go on, and so do these, once the trouble is over
                runs.troubled = True
                # The text of an error may quote a customer's data: only its type is logged.
                _LOG.error("the worker of %s: %s", runs.environment.id, type(error).__name__)
                await self._pause()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(_PAUSE):
                await self._stop.wait()
        except TimeoutError:
            return


def _tell_problem(run_id: str, error: AuterityError) -> None:
    _LOG.warning("the run %s cannot be carried on: %s", run_id, type(error).__name__)


def _fill(held: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Put these values into a mapping that others hold already."""
    assert isinstance(held, dict)  # noqa: S101 - all of them are made in `_make`
    held.clear()
    held.update(found)
