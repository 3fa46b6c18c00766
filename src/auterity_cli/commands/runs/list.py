"""`auterity runs list`: the runs of the project."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer
from msgspec.structs import asdict

from auterity_cli.hosted_place import EnvironmentOption, Place, WhereOption, place_if_hosted
from auterity_cli.local_runs import finish, local_runtime
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color, console
from auterity_cli.output.printable import printable
from auterity_sdk.runtime.ports import Summary
from auterity_sdk.runtime.project import Project


class Status(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    WAITING = "waiting"
    UNCERTAIN = "uncertain"
    FAILING = "failing"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


def list_runs(
    status: Annotated[list[Status] | None, typer.Option(help="Only runs that stand so.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    context: WhereOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """List the runs of the project, or of a server's environment, the last to start first."""
    here = Project.find(project, python=False)
    place = place_if_hosted(context, environment, here)
    statuses = [each.value for each in status or []]
    found = _on_server(place, statuses, limit) if place else _here(here, statuses, limit)
    if as_json:
        typer.echo(json.dumps([_plain(each) for each in found], indent=2))
        return
    out = console("out", color)
    for each in found:
        out.print(_row(each))
    typer.echo(f"{len(found)} run{'' if len(found) == 1 else 's'}", err=True)


def _here(project: Project, statuses: Sequence[str], limit: int) -> Sequence[Summary]:
    with local_runtime(project) as runtime:
        return finish(runtime.list_runs(statuses=statuses, limit=limit))


def _on_server(place: Place, statuses: Sequence[str], limit: int) -> Sequence[Summary]:
    from auterity_cli.hosted_runs import summaries  # here: most runs are on this machine

    return finish(summaries(place, statuses, limit))


def _plain(run: Summary) -> dict[str, object]:
    """With times as `runs show --json` writes them."""
    times = {name: getattr(run, name) for name in ("started_at", "ended_at", "due")}
    written = {
        name: None if time is None else datetime.fromtimestamp(time / 1000, UTC).isoformat()
        for name, time in times.items()
    }
    return {**asdict(run), **written}


def _breaches(count: int) -> str:
    return "a guarantee was not kept" if count == 1 else f"{count} guarantees were not kept"


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
        (f"  {_breaches(run.breaches)}" if run.breaches else "", "bold red"),
    )
