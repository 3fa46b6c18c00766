"""`auterity worker` where the environment names a server's data: carries out a project's own steps for that server."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from auterity_sdk.errors import ConfigurationError, UsageError
from auterity_sdk.runtime.clock import SystemClock
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.settings import Settings as ProjectSettings
from auterity_sdk.runtime.settings import read_settings
from auterity_server.database.database import Database
from auterity_server.database.places import Organisation, organisations_of_server
from auterity_server.health.checks_of import checks_of
from auterity_server.health.readiness import Readiness
from auterity_server.probes import probing
from auterity_server.reporting.reported import reported
from auterity_server.running.apart import ApartProcesses
from auterity_server.running.hosted_runs import HostedRuns
from auterity_server.running.project_worker import ProjectWorker, Told, own_step_types
from auterity_server.running.run_stores import SqliteRunStores
from auterity_server.scaled import scaled
from auterity_server.seal_keys import keys_of
from auterity_server.settings import DATABASE_FILE, Settings
from auterity_server.wiring import make_private_folder

_LOG = logging.getLogger("auterity.server")

app = typer.Typer(add_completion=False)


@app.command()
def worker(
    project: Annotated[
        Path, typer.Option("--project", "-p", help="The folder of the project, or one inside.")
    ] = Path(),
    organisation: Annotated[
        str | None,
        typer.Option(help="The organisation that it works for, where the server has several."),
    ] = None,
    most: Annotated[
        int, typer.Option("--most", min=1, help="So many runs are carried on at once.")
    ] = 100,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False,
) -> None:
    """Carry out the steps of a project's own types for the server whose data AUTERITY_DATA names.

    The server knows such step types by what a push declared of them, and leaves their attempts to a worker that has the
    code. A step type that was pushed with another declaration is left alone, and said so. All else of a run is the
    server's. With AUTERITY_BROKER_URL a worker is told by Redis which attempts to make; one without steps of its own makes
    those of all built-in types, and drives the runs. Ctrl-C or SIGTERM ends it; without AUTERITY_DATA, auterity worker carries on the runs of the project here.
    """
    settings = Settings.from_environment(os.environ)
    found = Project.find(project)
    if settings.broker_url:
        _work_by_broker(settings, found, organisation, quiet=quiet)
        return
    own = own_step_types(found.registry)
    if not settings.database_url and not (settings.data / DATABASE_FILE).exists():
        raise ConfigurationError(
            "AUTERITY_DATA: there is no server's data in that folder",
            help="start auterity server on it first",
        )

    def told(said: str) -> None:
        if settings.log_format == "json":
            _LOG.info("%s", said)
        elif not quiet:
            typer.echo(said, err=True)

    made = _Made(settings, found, own, most)
    with reported(settings):
        asyncio.run(_work(made, organisation, told))


def _work_by_broker(
    settings: Settings, project: Project, organisation: str | None, *, quiet: bool
) -> None:
    try:
        from auterity_server.workers.own_steps import OwnSteps
        from auterity_server.workers.process import work
    except ImportError:
        raise ConfigurationError(
            "AUTERITY_BROKER_URL is set, and Celery is not installed",
            help="pip install 'auterity[scaled]'",
        ) from None
    try:
        own = OwnSteps(project, own_step_types(project.registry), organisation)
    except UsageError:
        own = None

    def told() -> None:
        if not quiet:
            typer.echo("working; Ctrl-C ends it", err=True)

    work(settings, own, told)


class _Made:
    """The parts of a worker on a server's data."""

    def __init__(
        self, settings: Settings, project: Project, own: dict[str, str], most: int
    ) -> None:
        make_private_folder(settings.data)
        self.settings = settings
        self.clock = SystemClock()
        self.database = Database(settings.database)
        self.folder = settings.data.resolve() / "environments"
        given = settings.connections
        speaks = project.settings if given is None else read_settings(given)
        operators = ProjectSettings(connections=speaks.connections, budget=speaks.budget)
        of_runs = SystemClock.starting_at(settings.now) if settings.now else self.clock
        keys = keys_of(settings)
        self.scaled = (
            scaled(settings, self.database, keys.of_server()) if settings.is_scaled else None
        )
        self.runs = HostedRuns(
            self.database,
            SqliteRunStores(self.folder) if self.scaled is None else self.scaled.stores,
            project.registry,
            of_runs if self.scaled is None else self.scaled.clock,
            operators,
            self.folder,
            most,
            keys=keys,
            own=own,
            only_own=True,
            apart=ApartProcesses(settings, project.root).carry_on,
        )
        checks = checks_of(settings, self.database, self.runs, self.folder.parent)
        self.readiness = Readiness(checks)

    async def keep_time(self, stop: asyncio.Event) -> None:
        """Go by the database's time, where several processes share it."""
        if self.scaled is not None:
            await self.scaled.keep_time(stop)


async def _work(made: _Made, organisation: str | None, told: Told) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    try:
        if made.scaled is not None:
            await made.scaled.begin()
        chosen = await _organisation(made.database, organisation)
        worker = ProjectWorker(made.database, made.runs, made.clock, chosen, told)
        async with probing(made.settings, made.runs, made.readiness, stop):
            told(f"working for {chosen.name}; Ctrl-C ends it")
            await asyncio.gather(worker.work(stop), made.keep_time(stop))
    finally:
        await made.database.close()


async def _organisation(database: Database, name: str | None) -> Organisation:
    """The organisation of that name, or the only one. Raises `UsageError`."""
    async with database.reading() as connection:
        found = await organisations_of_server(connection, name)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError("the server has several organisations", help="name one: --organisation")
    said = "no organisation" if name is None else f"no organisation `{name}`"
    raise UsageError(f"the server has {said}", help="see auterity context show")
