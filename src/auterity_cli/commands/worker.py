"""`auterity worker`: carry on what is due in the project's store."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import suppress
from functools import partial
from typing import Annotated

import typer

from auterity_cli.local_runs import finish, local_runtime
from auterity_cli.options import HERE, ProjectOption
from auterity_cli.output.progress import line
from auterity_cli.run_log import LogFormat, LogFormatOption, log_format
from auterity_sdk.errors import AuterityError
from auterity_sdk.runs.events import Event, RunEnded
from auterity_sdk.runs.state import RunState
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.observing import Masks
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.worker import MOST, Worker

app = typer.Typer(add_completion=False)


@app.command()
def worker(
    most: Annotated[
        int, typer.Option("--most", min=1, help="So many runs are carried on at once.")
    ] = MOST,
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
    died. Any number of workers may run side by side. Ctrl-C or SIGTERM ends one; what it was about is done by the
    next. What happens is told on standard error.
    """
    found = Project.find(project)
    how = log_format(found, log)
    with local_runtime(found, log=how) as runtime:
        command = ["worker", "--project", str(found.root), "--log-format", how.value]
        finish(_work(runtime, most, once, only, quiet or how is LogFormat.JSON, command))


async def _work(
    runtime: LocalRuntime,
    most: int,
    once: bool,
    only: str | None,
    quiet: bool,
    command: list[str],
) -> None:
    watcher = None if quiet else partial(_tell, Masks(runtime.plans, runtime.world.registry))
    if only is not None:
        await runtime.drive(only, watcher=watcher)
        return
    made = Worker(
        runtime, most=most, watcher=watcher, isolate=partial(_apart, command), problem=_tell_problem
    )
    if once:
        await made.work_off()
        return
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    if not quiet:
        typer.echo("working; Ctrl-C ends it", err=True)
    await made.work(stop)


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
