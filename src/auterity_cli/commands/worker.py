"""`auterity worker`: carry on what is due in the project's store."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from auterity_cli.local_runs import finish, local_runtime
from auterity_cli.options import HERE, ProjectOption
from auterity_cli.output.progress import line
from auterity_cli.run_log import LogFormat, LogFormatOption, log_format
from auterity_sdk.dealership.personal_names import without_looks
from auterity_sdk.errors import AuterityError, UsageError
from auterity_sdk.expression.suggest import did_you_mean
from auterity_sdk.runs.events import Event, RunEnded
from auterity_sdk.runs.state import RunState
from auterity_sdk.runtime.driver import Watcher
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.observing import Masks
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.triggers.firing import Firer
from auterity_sdk.runtime.triggers.service import Service, services_in
from auterity_sdk.runtime.worker import MOST, Worker

app = typer.Typer(add_completion=False)


@app.command()
def worker(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files and folders of the workflows whose triggers fire; else those of [project] workflows."
        ),
    ] = None,
    triggers: Annotated[
        bool,
        typer.Option("--triggers/--no-triggers", help="Whether schedules and events start runs."),
    ] = True,
    most: Annotated[
        int, typer.Option("--most", min=1, help="So many runs are carried on at once.")
    ] = MOST,
    queue: Annotated[
        list[str] | None,
        typer.Option("--queue", help="Make attempts of this queue alone; may be given again."),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="End when nothing is left to do but to wait.")
    ] = False,
    only: Annotated[
        str | None, typer.Option(help="Carry on this run alone, as far as it goes.", hidden=True)
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing of runs.")] = False,
    log: LogFormatOption = None,
    project: ProjectOption = HERE,
) -> None:
    """Carry on what is due in the project's store, until it is stopped.

    That is: runs that were started or asked for something and that nobody carries on, timers, and runs whose process
    died; and the schedules and events of the workflows that it serves, which start runs. Any number of workers may run
    side by side. Ctrl-C or SIGTERM ends one; what it was about is done by the next. What happens is told on standard
    error. With --queue a worker makes attempts of steps of these queues alone, and leaves all else to others.
    """
    found = Project.find(project)
    how = log_format(found, log)
    told = not quiet and how is not LogFormat.JSON
    with local_runtime(found, log=how) as runtime:
        fires = triggers and only is None and not queue
        services = _services(files, found) if fires else []
        command = ["worker", "--project", str(found.root), "--log-format", how.value]
        queues = _known(queue, found)
        command += [word for name in queues or () for word in ("--queue", name)]
        made = Worker(
            runtime,
            most=most,
            watcher=_watcher(runtime) if told else None,
            isolate=partial(_apart, command),
            problem=_tell_problem,
            firer=Firer(runtime, services, _tell_refused) if services else None,
            queues=queues,
        )
        finish(made.work_on(only) if only else _work(made, once, services if told else None))


def _known(queues: list[str] | None, project: Project) -> tuple[str, ...] | None:
    """The queues that were named. Raises `UsageError` for one that the settings do not have."""
    for name in queues or ():
        if name not in project.queues:
            near = did_you_mean(name, project.queues)
            raise UsageError(
                f"the settings have no queue `{name}`",
                help=f"a similar one exists: `{near}`" if near else f"write it as [queues.{name}]",
            )
    return tuple(queues) if queues else None


async def _work(worker: Worker, once: bool, told: Sequence[Service] | None) -> None:
    if once:
        await worker.work_off()
        return
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    if told is not None:
        for name in dict.fromkeys(service.name for service in told):
            typer.echo(f"serves {name}", err=True)
        typer.echo("working; Ctrl-C ends it", err=True)
    await worker.work(stop)


def _services(files: list[Path] | None, project: Project) -> list[Service]:
    """The triggers that fire. In a project's folders a workflow with errors is told of, and the others are served."""
    if files:
        return services_in(files, project)
    return services_in(project.workflow_folders, project, _tell_not_served)


def _watcher(runtime: LocalRuntime) -> Watcher:
    return partial(_tell, Masks(runtime.plans, runtime.world.registry))


async def _apart(command: list[str], run_id: str) -> None:
    """Carry a run on in a process of its own, with which it may end."""
    words = [sys.executable, "-m", "auterity_cli", *command, "--only", run_id]
    process = await asyncio.create_subprocess_exec(*words)
    try:
        await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise


def _tell(masks: Masks, run_id: str, event: Event, state: RunState) -> None:
    said = state.status if isinstance(event, RunEnded) else line(masks.event(state, event))
    if said:
        typer.echo(f"{run_id}  {said}", err=True)


def _tell_problem(run_id: str, error: AuterityError) -> None:
    typer.echo(f"{run_id}  cannot be carried on here: {error.message}", err=True)


def _tell_not_served(error: AuterityError) -> None:
    typer.echo(f"not served: {error.message}", err=True)


def _tell_refused(workflow: str, error: AuterityError) -> None:
    typer.echo(f"{workflow}  no run was started: {without_looks(error.message)}", err=True)
