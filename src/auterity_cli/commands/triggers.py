"""`auterity triggers`: what starts runs of the project's workflows, when next, and what it started last."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from auterity_cli.local_runs import finish, local_runtime
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color, console
from auterity_cli.output.printable import printable
from auterity_sdk.errors import AuterityError
from auterity_sdk.runtime.firings import (
    DROPPED,
    GRANTED,
    HELD,
    MISSED,
    NEW,
    QUEUED,
    REFUSED,
    REPLACED,
    STARTED,
    UNMATCHED,
    Firing,
)
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.triggers.overview import TriggerView, came, overview
from auterity_sdk.runtime.triggers.service import Service, services_in

app = typer.Typer(add_completion=False)

_SAID = {
    NEW: "no worker has looked at it yet",
    HELD: "waits whether others come (`debounce`)",
    QUEUED: "waits for its turn (`rate_limit`)",
    GRANTED: "a worker is about to start its run",
    STARTED: "started",
    UNMATCHED: "does not match",
    REPLACED: "a later one took its place (`debounce`)",
    DROPPED: "too many came (`rate_limit`)",
    REFUSED: "no run could be started",
    MISSED: "no worker served it while its event was kept",
}


@app.command()
def triggers(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Files and folders of workflows; else those of [project] workflows."),
    ] = None,
    last: Annotated[
        int, typer.Option(min=0, max=1000, help="So many of the last firings of each.")
    ] = 3,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Show what starts runs of the project's workflows: when next, and what the last times came to.

    Schedules and events, which `auterity worker` serves. What is fired is known for 31 days.
    """
    found = Project.find(project)
    with local_runtime(found) as runtime:
        now = runtime.clock.now()
        views = finish(overview(_services(files, found), runtime.store, now, last))
        if as_json:
            typer.echo(json.dumps([_plain(each) for each in views], indent=2))
            return
        out = console("out", color)
        for workflow, group in groupby(views, key=lambda each: each.workflow):
            out.print(printable(workflow), style="bold")
            for each in group:
                out.print("\n".join(_lines(each)), highlight=False)
        typer.echo(f"{len(views)} trigger{'' if len(views) == 1 else 's'}", err=True)


def _services(files: list[Path] | None, project: Project) -> list[Service]:
    if files:
        return services_in(files, project)
    return services_in(project.workflow_folders, project, _tell_not_served)


def _tell_not_served(error: AuterityError) -> None:
    typer.echo(f"not served: {error.message}", err=True)


def _lines(trigger: TriggerView) -> Iterator[str]:
    where = f" {trigger.timezone}" if trigger.timezone else ""
    yield f"  {trigger.kind} {printable(trigger.fires)}{where}{_standing(trigger)}"
    for firing in trigger.firings:
        run = f" {firing.run_id}" if firing.run_id else ""
        yield f"    {came(firing, trigger):%Y-%m-%d %H:%M:%S}  {_SAID[firing.state]}{run}"


def _standing(trigger: TriggerView) -> str:
    if not trigger.served:
        return "  counts once a worker serves it"
    late = f", {trigger.to_make_up} to make up for" if trigger.to_make_up else ""
    return f"  next {trigger.next:%Y-%m-%d %H:%M}{late}" if trigger.next else late


def _plain(trigger: TriggerView) -> dict[str, Any]:
    return {
        "workflow": trigger.workflow,
        "kind": trigger.kind,
        "fires": trigger.fires,
        "timezone": trigger.timezone or None,
        "served": trigger.served,
        "next": None if trigger.next is None else trigger.next.isoformat(),
        "to_make_up": trigger.to_make_up,
        "firings": [_plain_firing(firing, trigger) for firing in trigger.firings],
    }


def _plain_firing(firing: Firing, trigger: TriggerView) -> dict[str, Any]:
    at = came(firing, trigger).isoformat()
    run = firing.run_id or None
    return {"occurrence": firing.occurrence, "came": at, "state": firing.state, "run_id": run}
