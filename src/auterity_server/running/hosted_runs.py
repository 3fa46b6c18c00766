"""The runs of each environment, carried on in this process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from contextvars import Context
from datetime import UTC, tzinfo
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from sqlalchemy.exc import SQLAlchemyError

from auterity_sdk.checks.profile import Profile
from auterity_sdk.connections.sqlite_usage import FILE_NAME as USAGE_FILE
from auterity_sdk.connections.sqlite_usage import SqliteUsage
from auterity_sdk.errors import AuterityError
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.carrying import AttemptCarrier
from auterity_sdk.runtime.clock import SystemClock
from auterity_sdk.runtime.driver import Watcher
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.observing import Masks
from auterity_sdk.runtime.parts import needed
from auterity_sdk.runtime.ports import Clock
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.settings import Settings as ProjectSettings
from auterity_sdk.runtime.stores.sealed import SealedStore
from auterity_sdk.runtime.triggers.firing import Firer
from auterity_sdk.runtime.triggers.service import Service
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.model import Workflow
from auterity_server.database.changes import all_changes, changes_of
from auterity_server.database.connections import ConnectionsOf
from auterity_server.database.database import Database
from auterity_server.database.deployed import Deployed, Deployment
from auterity_server.database.environment_secrets import EnvironmentSecrets
from auterity_server.database.places import Environment, environment_of
from auterity_server.database.schedule_pauses import Pause, SchedulePauses
from auterity_server.logs.run_log import RunLog
from auterity_server.metrics.metrics import Metrics
from auterity_server.metrics.model_metrics import MeasuredUsage
from auterity_server.metrics.run_metrics import RunMetrics
from auterity_server.running.connections import connections_of
from auterity_server.running.environment_connections import EnvironmentConnections
from auterity_server.running.held_secrets import HeldSecrets
from auterity_server.running.run_stores import RunStores
from auterity_server.running.triggers import counts_since, firing, live_services
from auterity_server.seal_keys import SealKeys
from auterity_server.workflows.checking import read_workflow
from auterity_server.workflows.declarations import declared_in, declared_project, merged

_LOG = logging.getLogger("auterity.server")
_PAUSE = 5.0
"""Seconds until a worker that could not go on begins again: a full disk, say."""
_WATCHED_EACH = 1.0
"""Seconds after which what other processes changed is looked for."""


class EnvironmentRuns(Struct, eq=False):
    """The runtime of one environment, and what is live in it. Its mappings are changed where they stand: runs that go on
    see at once what went live. `services` are the triggers of what is live, also those that rest; `changes` is how many
    changes of the environment were taken in."""

    environment: Environment
    folder: Path
    runtime: LocalRuntime
    registry: Registry
    firer: Firer
    secrets: HeldSecrets
    connections: EnvironmentConnections
    zone: tzinfo = UTC
    live: dict[str, tuple[Deployment, Workflow]] = field(default_factory=dict)
    services: list[Service] = field(default_factory=list)
    pauses: dict[str, Pause] = field(default_factory=dict)
    changes: int = -1
    troubled: bool = False
    worker: asyncio.Task[None] | None = None

    @property
    def is_well(self) -> bool:
        """The worker works."""
        return not self.troubled and self.worker is not None and not self.worker.done()

    def workflow(self, name: str) -> Workflow | None:
        """The live version of a workflow."""
        found = self.live.get(name)
        return None if found is None else found[1]


class HostedRuns(Struct, eq=False):
    """Gives the runs of an environment, and carries them on from then on.

    `settings` are the operator's: connections and budget of all environments. `own` are the step types of a project whose
    code is in the `registry`, each with the digest of its declaration; with `only_own`, no other attempts are made here.
    `traced`: OpenTelemetry is told of runs.
    """

    database: Database
    stores: RunStores
    registry: Registry
    clock: Clock
    settings: ProjectSettings
    folder: Path
    most: int
    keys: SealKeys
    carries_on: bool = True
    """Runs are carried on in this process; else in others, which share the stores."""
    machine: Clock = field(default_factory=SystemClock)
    metrics: Metrics = field(default_factory=Metrics)
    own: Mapping[str, str] = {}
    only_own: bool = False
    carriers: Callable[[Environment], AttemptCarrier] | None = None
    """Gives what takes attempts of an environment to workers; None: they are made here."""
    apart: Callable[[str, str], Coroutine[Any, Any, None]] | None = None
    """Carries a run of an environment on, both by their ids, in a process of its own: one in which processes died."""
    traced: bool = False
    _made: dict[str, EnvironmentRuns] = field(default_factory=dict)
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _watching: asyncio.Task[None] | None = None
    _seen: dict[str, int] = field(default_factory=dict)
    _told: asyncio.Event = field(default_factory=asyncio.Event)
    """Another process has told of a change."""

    async def of(self, environment: Environment) -> EnvironmentRuns:
        """The runs of an environment. Raises `StoreUnavailable`, `ConfigurationError`."""
        async with self._making:
            found = self._made.get(environment.id)
            if found is None:
                found = self._make(environment)
                await self._take_in(found)
                self._made[environment.id] = found
                wrote = found.runtime.look_for_runs
                self.stores.watch(environment.id, wrote=wrote, deployed=self._told.set)
                if self.carries_on:
                    # Not in the context of the request that asked first, whose ids the log would tell for ever.
                    carrying_on = self._carry_on(found)
                    found.worker = asyncio.create_task(carrying_on, context=Context())
            return found

    def known(self, environment_id: str) -> EnvironmentRuns | None:
        """The runs of an environment, if they were asked for before."""
        return self._made.get(environment_id)

    @property
    def all_known(self) -> tuple[EnvironmentRuns, ...]:
        """The runs of all environments that are carried on."""
        return tuple(self._made.values())

    async def changed(self, environment_id: str) -> None:
        """Let an environment go by what is there now: what is live fires, and runs that go on see it. In all processes."""
        self.stores.tell_deployed(environment_id)
        await self._changed(environment_id)

    async def _changed(self, environment_id: str) -> None:
        async with self._making:
            found = self._made.get(environment_id)
            if found is not None:
                await self._take_in(found)
        if found is None:
            await self._begin(environment_id)

    async def carry_on_all(self) -> None:
        """Carry on what an earlier process left, in every environment that has runs, or something that is live."""
        async with self.database.reading() as connection:
            self._seen = changed = await all_changes(connection)
        for environment_id in sorted({*changed, *await self.stores.with_runs()}):
            await self._begin(environment_id)
        self._watching = asyncio.create_task(self._watch())

    async def _begin(self, environment_id: str) -> None:
        """Carry on an environment's runs. One whose store cannot be opened keeps no other from going on."""
        async with self.database.reading() as connection:
            environment = await environment_of(connection, environment_id)
        try:
            if environment is not None:
                await self.of(environment)
        except AuterityError as error:
            _LOG.error("the runs of %s: %s", environment_id, type(error).__name__)

    async def _watch(self) -> None:
        """Take in what other processes changed."""
        while not await self._stopped_within(_WATCHED_EACH, self._told):
            self._told.clear()
            try:
                async with self.database.reading() as connection:
                    found = await all_changes(connection)
                for environment_id, changes in found.items():
                    known = self._made.get(environment_id)
                    seen = self._seen.get(environment_id) if known is None else known.changes
                    self._seen[environment_id] = changes
                    if seen != changes:
                        await self._changed(environment_id)
            except (SQLAlchemyError, AuterityError) as error:
                _LOG.error("what changed was not seen: %s", type(error).__name__)

    @property
    def is_well(self) -> bool:
        """Every worker works, where runs are carried on in this process."""
        return not self.carries_on or all(each.is_well for each in self._made.values())

    async def close(self) -> None:
        """Stop all workers: what runs is stopped or recorded, and its lease given back."""
        self._stop.set()
        self._told.set()
        tasks = [self._watching, *(each.worker for each in self._made.values())]
        await asyncio.gather(*(each for each in tasks if each is not None), return_exceptions=True)
        await self.stores.close()

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
            declared={},
            declared_types={},
        )
        usage = SqliteUsage(project.store_folder / USAGE_FILE)
        measured = MeasuredUsage(usage, self.metrics, environment.id)
        secrets = HeldSecrets(environment.id, self.keys.of_server())
        connections = EnvironmentConnections(connections_of(project, measured), project, secrets)
        world = World(
            registry,
            connections,
            secrets,
            {},
            connections.names,
            self.settings.budget.bounds,
        )
        store = self.stores.of(environment.id)
        key = self.keys.of_environment(environment.id, project.store_folder)
        carrier = None if self.carriers is None else self.carriers(environment)
        sealed = SealedStore(store, registry, key)
        runtime = LocalRuntime(world, sealed, self.clock, carrier=carrier)
        masks = Masks(runtime.plans, registry)
        runtime.observers = (
            RunMetrics(self.metrics, environment.id).saw,
            RunLog(masks, environment).saw,
        )
        if self.traced:
            runtime.observers += (_telemetry(masks),)
        firer = Firer(runtime, (), _tell_refused)
        return EnvironmentRuns(environment, folder, runtime, registry, firer, secrets, connections)

    async def _take_in(self, runs: EnvironmentRuns) -> None:
        """Until nothing has changed meanwhile: what is not live must not fire after what is."""
        while True:
            taken = await self._read_in(runs)
            async with self.database.reading() as connection:
                runs.changes = await changes_of(connection, runs.environment.id)
            if taken == runs.changes:
                return

    async def _read_in(self, runs: EnvironmentRuns) -> int:
        """Go by what is there; gives how many changes that holds."""
        environment = runs.environment
        async with self.database.reading() as connection:
            changes = await changes_of(connection, environment.id)
            here = Deployed(connection, environment.organisation_id, environment.id)
            live = await here.live()
            pauses = SchedulePauses(connection, environment.organisation_id, environment.id)
            runs.pauses = await pauses.all()
            place = environment.organisation_id, environment.id
            runs.secrets.hold(await EnvironmentSecrets(connection, *place).all())
            runs.connections.go_by(await ConnectionsOf(connection, *place).all())
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
        # Runs that go on may use a step type that is no longer pushed.
        before = sorted(stored, key=lambda each: each.pushed_at)
        every = merged([*(each.project for each in before), declared])
        await self._declare(runs, declared_in(every, runs.registry))
        self._go_by(runs, declared_project(declared, runs.folder))
        await self._serve(runs)
        return changes

    async def _serve(self, runs: EnvironmentRuns) -> None:
        """Let the triggers fire of what is live, and no others."""
        runs.services = live_services((each[1] for each in runs.live.values()), runs.registry)
        shift = self.clock.now() - self.machine.now()
        since = counts_since(runs.services, runs.live, runs.pauses, shift)
        await runs.firer.serve_only(firing(runs.services, runs.pauses), since)

    async def _declare(self, runs: EnvironmentRuns, found: Registry) -> None:
        """Let runs go by these step types and types; those that wait for a step type as it was declared look again."""
        now, known = found.declared, runs.registry.declared
        changed = [
            needed(name, each.digest)
            for name, each in known.items()
            if name not in now or now[name].digest != each.digest
        ]
        _fill(known, now)
        _fill(runs.registry.declared_types, found.declared_types)
        runs.runtime.plans.forget_classes()
        for each in changed:
            for run_id in await runs.runtime.store.listening(each, [""]):
                await runs.runtime.look_again(run_id)

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
                await self._worker(runs).work(self._stop)
            except Exception as error:  # noqa: BLE001 - others' runs go on, and so do these, once the trouble is over
                runs.troubled = True
                # The text of an error may quote a customer's data: only its type is logged.
                kind = type(error).__name__
                _LOG.error("the worker of %s: %s", runs.environment.id, kind, exc_info=error)
                await self._stopped_within(_PAUSE)

    async def work_on(self, environment: Environment, run_id: str) -> None:
        """Carry one run on here, until only waits are left. Raises `RunHeld` where another process does."""
        runs = await self.of(environment)
        await self._worker(runs).work_on(run_id)

    def _worker(self, runs: EnvironmentRuns) -> Worker:
        return Worker(
            runs.runtime,
            most=self.most,
            isolate=self.apart and partial(self.apart, runs.environment.id),
            problem=_tell_problem,
            firer=runs.firer,
            own=self.own,
            only_own=self.only_own,
        )

    async def _stopped_within(self, seconds: float, sooner: asyncio.Event | None = None) -> bool:
        """Wait so long, or until `sooner` is set; whether the server stops."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await (sooner or self._stop).wait()
        return self._stop.is_set()


def _telemetry(masks: Masks) -> Watcher:
    # Loaded here: it needs an extra.
    from auterity_sdk.runtime.telemetry import Telemetry

    return Telemetry(masks).saw


def _tell_problem(run_id: str, error: AuterityError) -> None:
    _LOG.warning("the run %s cannot be carried on: %s", run_id, type(error).__name__)


def _tell_refused(workflow: str, error: AuterityError) -> None:
    # Of an input that does not fit the text may quote what came: only its type is logged.
    _LOG.warning("a trigger of %s started no run: %s", workflow, type(error).__name__)


def _fill(held: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Put these values into a mapping that others hold already."""
    assert isinstance(held, dict)  # noqa: S101 - all of them are made in `_make`
    held.clear()
    held.update(found)
