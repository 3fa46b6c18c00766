"""Runs on this machine, as the commands start them and carry them on."""

from __future__ import annotations

import asyncio
import gc
import getpass
import os
from collections.abc import Coroutine, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import typer
from msgspec import Struct
from msgspec.structs import replace

from auterity_cli.exit_codes import ExitCode
from auterity_cli.output.console import Color
from auterity_cli.output.progress import Progress
from auterity_cli.output.run import print_end, print_waits, run_json
from auterity_cli.run_log import LogFormat, log_format, observe
from auterity_sdk.errors import ConfigurationError, RunHeld, UsageError
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.clock import SystemClock
from auterity_sdk.runtime.inspection import Looking, inspect
from auterity_sdk.runtime.local import OVER, LocalRuntime
from auterity_sdk.runtime.project import STORE_FILE, Project
from auterity_sdk.runtime.project_connections import connections_of
from auterity_sdk.runtime.seal_key import seal_key
from auterity_sdk.runtime.stores.sealed import SealedStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.view import RunView
from auterity_sdk.steps.registry import Registry

NOW = "AUTERITY_NOW"
SECRET_PREFIX = "AUTERITY_SECRET_"  # noqa: S105 - where secrets are, not one

T = TypeVar("T")


class Display(Struct, frozen=True):
    """How a command shows a run. `place`: the run is on a server, which these options name (see `output.run.commands`)."""

    color: Color = Color.AUTO
    as_json: bool = False
    log: LogFormat = LogFormat.TEXT
    place: str | None = None

    @property
    def told(self) -> bool:
        """Whether a person is told of the run on standard error."""
        return self.log is LogFormat.TEXT


@contextmanager
def local_runtime(
    project: Project,
    registry: Registry | None = None,
    log: LogFormat | None = None,
    record: Path | None = None,
) -> Iterator[LocalRuntime]:
    """The project's runs, with its step types, connections and store, which is closed at the end.

    What language models answer is kept in the file `record`, if there is one.
    """
    world = World(
        registry or project.registry,
        connections_of(project, record),
        secret_from_environment,
        project.settings.dealership.model_dump(),
        tuple(project.settings.connections),
        project.settings.budget.bounds,
    )
    key = seal_key(project.settings.store.seal_key, project.store_folder)
    with closing(SqliteStore(project.store_folder / STORE_FILE)) as store:
        sealed = SealedStore(store, world.registry, key)
        runtime = LocalRuntime(world, sealed, clock(), keeps_text=True)
        observe(runtime, project, log_format(project, log))
        yield runtime


def clock() -> SystemClock:
    """The system's clock; with `AUTERITY_NOW` one that starts there, for demos and rehearsals."""
    text = os.environ.get(NOW)
    if not text:
        return SystemClock()
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return SystemClock.starting_at(moment)
    raise UsageError(f"{NOW} is no time", help=f"write it as {NOW}=2026-11-24T10:00:00-05:00")


def now() -> datetime:
    """The clock's time, aware, in UTC."""
    return datetime.fromtimestamp(clock().now() / 1000, UTC)


def secret_from_environment(name: str) -> str:
    """The value of `${secrets.name}`: the environment variable `AUTERITY_SECRET_name`, and no other.

    The prefix keeps a workflow from reading what the environment holds for other programs.
    """
    value = os.environ.get(SECRET_PREFIX + name)
    if value is None:
        raise ConfigurationError(
            f"there is no secret `{name}`: set the environment variable {SECRET_PREFIX}{name}"
        )
    return value


def this_person() -> str:
    """The name of who sits at this terminal."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def finish(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end. Runs may be long, so the garbage collector, which is off for short commands, is on."""
    gc.enable()
    return asyncio.run(work)


async def carry_on(runtime: LocalRuntime, run_id: str, *, stay: bool, display: Display) -> RunView:
    """Drive a run with its progress on standard error; Ctrl-C says how to go on.

    What is given is masked but for the run's output, which is asked for by running it.
    """
    looking = Looking(runtime, run_id)
    for event in await runtime.store.events(run_id):
        await looking.at(event)
    progress = Progress(run_id, display.color, looking, live=display.told and not display.as_json)
    try:
        with progress:
            if progress.is_tree:
                progress.begin(await runtime.show(run_id))
            shown = await runtime.drive(
                run_id,
                to_the_end=stay,
                watcher=progress.saw,
                text_watcher=progress.wrote if progress.is_live else None,
            )
            progress.end(shown)
        if shown.error is None and shown.status in OVER and not display.as_json:
            return shown
        return replace((await inspect(runtime, run_id)).view(), output=shown.output)
    except asyncio.CancelledError:
        typer.echo(f"\nthe run is kept; `auterity runs resume {run_id}` carries it on", err=True)
        raise KeyboardInterrupt from None


async def carry_on_elsewhere(
    runtime: LocalRuntime, run_id: str, *, display: Display
) -> RunView | None:
    """Carry a run on after something came for it; None where another process does so already."""
    try:
        return await carry_on(runtime, run_id, stay=False, display=display)
    except RunHeld as held:
        typer.echo(held.message, err=True)
        return None


def tell_end(shown: RunView, display: Display) -> ExitCode:
    """Print how a run stands, its output on standard output; gives the exit code."""
    if display.as_json:
        typer.echo(run_json(shown))
    elif shown.status in OVER:
        print_end(shown, display.color, told=display.told)
    elif display.told:
        print_waits(shown, display.color, display.place)
    if shown.status not in OVER:
        return ExitCode.WAITING
    return ExitCode.OK if shown.status == "succeeded" else ExitCode.FINDINGS
