"""`auterity runs events`: the journal of a run."""

from __future__ import annotations

from typing import Any

import typer

from auterity_cli.hosted_place import EnvironmentOption, WhereOption, only_here, place_if_hosted
from auterity_cli.local_runs import finish, local_runtime
from auterity_cli.options import HERE, ColorOption, JsonLinesOption, ProjectOption
from auterity_cli.output.console import Color
from auterity_cli.output.events import print_event
from auterity_cli.run_choice import RevealOption, RunArgument, chosen
from auterity_sdk.runs.event_form import event_data
from auterity_sdk.runtime.inspection import Inspection, inspect
from auterity_sdk.runtime.project import Project


def events(
    run: RunArgument = None,
    reveal: RevealOption = False,
    context: WhereOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonLinesOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Print the journal of a run, an event a line: number, time, event, step, and what it tells.

    Personal data is masked by its class, unless --reveal asks for it.
    """
    here = Project.find(project)
    place = place_if_hosted(context, environment, here)
    if place is None:
        found = _here(here, run, reveal=reveal)
    else:
        from auterity_cli.hosted_runs import (
            events as events_of,
        )  # here: most runs are on this machine

        only_here(place, reveal=reveal)
        found = finish(events_of(place, run))
    for each in found:
        print_event(each, color, as_json=as_json)
    if not as_json:
        typer.echo(f"{len(found)} events", err=True)


def _here(project: Project, run: str | None, *, reveal: bool) -> list[dict[str, Any]]:
    with local_runtime(project) as runtime:

        async def looked() -> Inspection:
            return await inspect(runtime, await chosen(runtime, run), reveal=reveal)

        found = finish(looked())
        return [
            event_data(found.run_id, seq, event) for seq, event in enumerate(found.events, start=1)
        ]
