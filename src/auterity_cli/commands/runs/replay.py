"""`auterity runs replay`: a run as it stood after one of its events, decided again."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from msgspec import Struct

from auterity_cli.exit_codes import ExitCode
from auterity_cli.hosted_place import (
    EnvironmentOption,
    Place,
    WhereOption,
    only_here,
    place_if_hosted,
)
from auterity_cli.local_runs import finish, local_runtime, now
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color, console
from auterity_cli.output.events import event_text
from auterity_cli.output.printable import printable
from auterity_cli.output.run import run_data, tree
from auterity_cli.run_choice import RevealOption, RunArgument, chosen
from auterity_sdk.runs.replay import Divergence
from auterity_sdk.runtime.inspection import Inspection, inspect
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.view import RunView


def replay(
    run: RunArgument = None,
    to: Annotated[
        int | None,
        typer.Option(min=1, metavar="EVENT", help="The last event that counts; else all do."),
    ] = None,
    reveal: RevealOption = False,
    context: WhereOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Fold the journal of a run to one of its events, and show the run as it stood then.

    The whole journal is decided again, too, by the workflow that the run is pinned to and by this version of Auterity
    and of the step types: the first event that would be another one now is named. Nothing is run.

    Exit code: 1 where an event differs.
    """
    here = Project.find(project)
    place = place_if_hosted(context, environment, here)
    if place is None:
        found = _here(here, run, to, reveal=reveal)
    else:
        only_here(place, reveal=reveal)
        found = finish(_on_server(place, run, to))
    if as_json:
        data = {**run_data(found.view), "event": found.event, "divergence": found.divergence}
        typer.echo(json.dumps(data, indent=2, default=str))
    else:
        for line in tree(found.view, now(), values=True):
            console("out", color).print(line)
        _tell(found)
    raise typer.Exit(ExitCode.OK if found.divergence is None else ExitCode.FINDINGS)


class _Replayed(Struct, frozen=True):
    """The run as it stood after one of its `events`, and where its journal would be decided otherwise now."""

    view: RunView
    event: int
    divergence: Any
    events: int


def _here(project: Project, run: str | None, to: int | None, *, reveal: bool) -> _Replayed:
    with local_runtime(project) as runtime:

        async def looked() -> Inspection:
            return await inspect(runtime, await chosen(runtime, run), reveal=reveal)

        found = finish(looked())
        count = len(found.events)
        return _Replayed(found.view(to), to or count, _data(found.divergence()), count)


async def _on_server(place: Place, run: str | None, to: int | None) -> _Replayed:
    from auterity_cli.hosted_runs import found, seen  # here: most runs are on this machine

    async with place.profile.in_environment() as environment:
        made = await environment.replay(await found(environment, run), to)
        differs = None if made.divergence is None else made.divergence.model_dump(mode="json")
        return _Replayed(seen(made.run), made.event, differs, made.events)


def _tell(found: _Replayed) -> None:
    differs = found.divergence
    if differs is None:
        typer.echo(f"all {found.events} events are decided so today", err=True)
        return
    other = f" with another {', '.join(differs['fields'])}" if differs["fields"] else ""
    typer.echo(
        f"event {differs['event']} is the first that differs: recorded is {printable(differs['recorded'])}, "
        f"decided now {printable(differs['decided'])}{other}",
        err=True,
    )
    typer.echo(
        "  help: a step type, a called workflow or Auterity itself has changed since; the journal counts",
        err=True,
    )


def _data(differs: Divergence | None) -> Any:
    if differs is None:
        return None
    # The names alone: the values of an event that was never recorded have been masked by nobody.
    recorded, decided = (
        "nothing" if event is None else event_text(event)
        for event in (differs.recorded, differs.decided)
    )
    return {
        "event": differs.seq,
        "recorded": recorded,
        "decided": decided,
        "fields": list(differs.fields),
    }
