"""`auterity runs tail`: follow a run while it goes on."""

from __future__ import annotations

import asyncio
from typing import Any

import typer

from auterity_cli.exit_codes import ExitCode
from auterity_cli.hosted_place import (
    EnvironmentOption,
    Place,
    WhereOption,
    only_here,
    place_if_hosted,
)
from auterity_cli.local_runs import finish, local_runtime
from auterity_cli.options import HERE, ColorOption, JsonLinesOption, ProjectOption
from auterity_cli.output.console import Color
from auterity_cli.output.events import print_event
from auterity_cli.output.progress import part_line
from auterity_cli.run_choice import RevealOption, RunArgument, chosen
from auterity_sdk.runs.event_form import event_data
from auterity_sdk.runs.events import RunEnded
from auterity_sdk.runtime.following import follow
from auterity_sdk.runtime.live_text import TextPart
from auterity_sdk.runtime.project import Project


def tail(
    run: RunArgument = None,
    reveal: RevealOption = False,
    context: WhereOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonLinesOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Follow a run live: its events so far, then each as it is recorded, by whatever process, until the run is over.

    What a step that asks a language model writes is shown on standard error while it does; --json leaves it out.
    Nothing is changed or carried on. Ctrl-C ends the following, and not the run.

    Exit code: 0 the run succeeded, 1 it failed or was cancelled, 130 Ctrl-C.
    """
    here = Project.find(project)
    place = place_if_hosted(context, environment, here)
    if place is not None:
        only_here(place, reveal=reveal)
        raise typer.Exit(finish(_on_server(place, run, color, as_json=as_json)))
    with local_runtime(here) as runtime:

        async def followed() -> ExitCode:
            run_id = await chosen(runtime, run)
            try:
                async for seen in follow(runtime, run_id, reveal=reveal):
                    if isinstance(seen, TextPart):
                        if not as_json:
                            typer.echo(part_line(seen), err=True)
                        continue
                    seq, event = seen
                    print_event(event_data(run_id, seq, event), color, as_json=as_json)
                    if isinstance(event, RunEnded) and event.status == "succeeded":
                        return ExitCode.OK
            except asyncio.CancelledError:
                typer.echo(f"\nno longer following; the run {run_id} is as it was", err=True)
                raise KeyboardInterrupt from None
            return ExitCode.FINDINGS

        raise typer.Exit(finish(followed()))


async def _on_server(place: Place, run: str | None, color: Color, *, as_json: bool) -> ExitCode:
    from auterity_cli.hosted_runs import tail as events_of  # here: most runs are on this machine

    ended: dict[str, Any] = {}
    try:
        async for event in events_of(place, run):
            print_event(event, color, as_json=as_json)
            ended = event
    except asyncio.CancelledError:
        typer.echo("\nno longer following; the run is as it was", err=True)
        raise KeyboardInterrupt from None
    return ExitCode.OK if ended.get("status") == "succeeded" else ExitCode.FINDINGS
