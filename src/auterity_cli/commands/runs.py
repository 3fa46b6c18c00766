"""`auterity runs`: list, show, resume, cancel."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer
from msgspec.structs import asdict

from auterity_cli.local_runs import (
    Display,
    carry_on,
    finish,
    local_runtime,
    now,
    tell_end,
    this_person,
)
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color, console
from auterity_cli.output.printable import printable
from auterity_cli.output.run import print_output, print_waits, run_json, tree
from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.local import OVER, LocalRuntime
from auterity_sdk.runtime.ports import Summary
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.view import RunView

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

RunArgument = Annotated[
    str | None,
    typer.Argument(
        help="A run's id, or how it begins; without, the last to start.", metavar="[RUN]"
    ),
]


class Status(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    WAITING = "waiting"
    FAILING = "failing"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@app.command("list")
def list_runs(
    status: Annotated[list[Status] | None, typer.Option(help="Only runs that stand so.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """List the runs of the project, the last to start first."""
    with local_runtime(Project.find(project, python=False)) as runtime:
        statuses = [each.value for each in status or []]
        found = finish(runtime.list_runs(statuses=statuses, limit=limit))
        if as_json:
            typer.echo(json.dumps([_plain(each) for each in found], indent=2))
            return
        out = console("out", color)
        for each in found:
            out.print(_row(each))
        typer.echo(f"{len(found)} run{'' if len(found) == 1 else 's'}", err=True)


def _plain(run: Summary) -> dict[str, object]:
    """With times as `runs show --json` writes them."""
    times = {name: getattr(run, name) for name in ("started_at", "ended_at", "due")}
    written = {
        name: None if time is None else datetime.fromtimestamp(time / 1000, UTC).isoformat()
        for name, time in times.items()
    }
    return {**asdict(run), **written}


def _row(run: Summary) -> object:
    from rich.text import Text

    styles = {"succeeded": "green", "failed": "red", "cancelled": "red"}
    started = datetime.fromtimestamp(run.started_at / 1000, UTC)
    waits = f"  for {', '.join(map(printable, run.listens))}" if run.listens else ""
    return Text.assemble(
        (f"{run.run_id}  ", "bold"),
        f"{started:%Y-%m-%d %H:%M:%S}  ",
        (f"{run.status:<10}", styles.get(run.status, "yellow")),
        f"  {printable(run.workflow)}{waits}",
    )


@app.command()
def show(
    run: RunArgument = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Show a run: its steps with state and time, what it waits for, and its output.

    --json has the input and every step's output too, and so may hold personal data.
    """
    with local_runtime(Project.find(project)) as runtime:

        async def shown() -> RunView:
            return await runtime.show(await _chosen(runtime, run))

        found = finish(shown())
        if as_json:
            typer.echo(run_json(found))
            return
        for line in tree(found, now()):
            console("out", color).print(line)
        if found.status in OVER:
            print_output(found, color)
        else:
            print_waits(found, color)


@app.command()
def resume(
    run: RunArgument = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Stay until the run has ended, however long it waits.")
    ] = False,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Carry a run on: after a crash, an interrupt, or when a timer is due.

    Exit code: 0 succeeded, 1 failed, 6 the run waits.
    """
    with local_runtime(Project.find(project)) as runtime:
        display = Display(color, as_json)

        async def whole() -> RunView:
            run_id = await _chosen(runtime, run)
            return await carry_on(runtime, run_id, stay=wait, display=display)

        raise typer.Exit(tell_end(finish(whole()), display))


@app.command()
def cancel(
    run: Annotated[str, typer.Argument(help="A run's id, or how it begins.", metavar="RUN")],
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Cancel a run: what runs is stopped, what is done and can be undone is undone.

    Exit code: 1, since the run ends cancelled; 0 if it was over already.
    """
    with local_runtime(Project.find(project)) as runtime:
        display = Display(color, as_json)

        async def whole() -> RunView | None:
            run_id = await runtime.find(run)
            if not await runtime.cancel(run_id, by=this_person()):
                typer.echo(f"the run {run_id} is over, or was cancelled before", err=True)
                return None
            return await carry_on(runtime, run_id, stay=False, display=display)

        found = finish(whole())
        if found is not None:
            raise typer.Exit(tell_end(found, display))


async def _chosen(runtime: LocalRuntime, run: str | None) -> str:
    if run is not None:
        return await runtime.find(run)
    last = await runtime.list_runs(limit=1)
    if not last:
        raise UsageError("there is no run yet", help="auterity run FILE --input … starts one")
    return last[0].run_id
