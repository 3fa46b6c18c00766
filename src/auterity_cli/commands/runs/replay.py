"""`auterity runs replay`: a run as it stood after one of its events, decided again."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from auterity_cli.exit_codes import ExitCode
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


def replay(
    run: RunArgument = None,
    to: Annotated[
        int | None,
        typer.Option(min=1, metavar="EVENT", help="The last event that counts; else all do."),
    ] = None,
    reveal: RevealOption = False,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Fold the journal of a run to one of its events, and show the run as it stood then.

    The whole journal is decided again, too, by the workflow that the run is pinned to and by this version of Auterity
    and of the step types: the first event that would be another one now is named. Nothing is run.

    Exit code: 1 where an event differs.
    """
    with local_runtime(Project.find(project)) as runtime:

        async def looked() -> Inspection:
            return await inspect(runtime, await chosen(runtime, run), reveal=reveal)

        found = finish(looked())
        shown, differs = found.view(to), found.divergence()
        if as_json:
            data = {**run_data(shown), "event": to or len(found.events)}
            typer.echo(json.dumps({**data, "divergence": _data(differs)}, indent=2, default=str))
        else:
            for line in tree(shown, now(), values=True):
                console("out", color).print(line)
            _tell(found, differs)
        raise typer.Exit(ExitCode.OK if differs is None else ExitCode.FINDINGS)


def _tell(found: Inspection, differs: Divergence | None) -> None:
    if differs is None:
        typer.echo(f"all {len(found.events)} events are decided so today", err=True)
        return
    data = _data(differs)
    other = f" with another {', '.join(differs.fields)}" if differs.fields else ""
    typer.echo(
        f"event {differs.seq} is the first that differs: recorded is {printable(data['recorded'])}, "
        f"decided now {printable(data['decided'])}{other}",
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
