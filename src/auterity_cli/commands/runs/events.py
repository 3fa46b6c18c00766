"""`auterity runs events`: the journal of a run."""

from __future__ import annotations

import typer

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
    project: ProjectOption = HERE,
    as_json: JsonLinesOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Print the journal of a run, an event a line: number, time, event, step, and what it tells.

    Personal data is masked by its class, unless --reveal asks for it.
    """
    with local_runtime(Project.find(project)) as runtime:

        async def looked() -> Inspection:
            return await inspect(runtime, await chosen(runtime, run), reveal=reveal)

        found = finish(looked())
        for seq, event in enumerate(found.events, start=1):
            print_event(event_data(found.run_id, seq, event), color, as_json=as_json)
        if not as_json:
            typer.echo(f"{len(found.events)} events", err=True)
