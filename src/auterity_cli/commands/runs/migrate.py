"""`auterity runs migrate`: move runs to another version of their workflow."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from auterity_cli.exit_codes import ExitCode
from auterity_cli.local_runs import finish, local_runtime, this_person
from auterity_cli.one_workflow import checked_workflow
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color, console
from auterity_cli.output.plan import run_line
from auterity_cli.step_names import MapOption, step_names
from auterity_sdk.errors import UsageError
from auterity_sdk.runs.movable import Move, Verdict
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.migrating import Migration
from auterity_sdk.runtime.project import Project
from auterity_sdk.steps.registry import Registry


def migrate(
    new: Annotated[
        str, typer.Option("--to", metavar="NEW.yaml", help="The new version of the workflow.")
    ],
    runs: Annotated[
        list[str] | None,
        typer.Argument(help="Ids of runs, or how they begin.", metavar="[RUN…]"),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Move every run for which that is safe.")
    ] = False,
    names: MapOption = None,
    name: Annotated[
        str | None, typer.Option(help="Which workflow, where a Python file holds several.")
    ] = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Move runs that wait to another version of their workflow, where that is safe: auterity plan says which.

    The move is an event of the run's journal. What the run has done stays done and is read as of the new version;
    what may begin by it has begun, and is carried on by a worker or by auterity runs resume. A step with another id is
    found by itself where it is the same otherwise; --map names it where it is not.

    Exit code: 1 where a run that was named was not moved, or the new version has an error.
    """
    if bool(runs) == every:
        raise UsageError("name runs, or say --all", help="auterity plan NEW.yaml lists them")
    found = Project.find(project)
    checked = checked_workflow(new, name, found, color)
    if checked is None or checked.workflow is None:
        raise typer.Exit(ExitCode.FINDINGS)
    workflow, catalog = checked.workflow, checked.subject.catalog
    with local_runtime(found, catalog if isinstance(catalog, Registry) else None) as runtime:
        migration = Migration(runtime, workflow, step_names(names), this_person())
        moved = finish(_moved(runtime, migration, runs))
    for run_id, verdict in moved.items():
        if not as_json:
            console("out", color).print(
                run_line(run_id, verdict, "moved" if _is_safe(verdict) else "")
            )
    if as_json:
        data = [
            {
                "run_id": run_id,
                "moved": _is_safe(each),
                "move": each.move.value,
                "reason": each.reason,
            }
            for run_id, each in moved.items()
        ]
        typer.echo(json.dumps(data, indent=2))
    failed = not every and not all(map(_is_safe, moved.values()))
    raise typer.Exit(ExitCode.FINDINGS if failed else ExitCode.OK)


def _is_safe(verdict: Verdict) -> bool:
    return verdict.move is Move.SAFE


async def _moved(
    runtime: LocalRuntime, migration: Migration, runs: list[str] | None
) -> dict[str, Verdict]:
    if runs:
        chosen = [await runtime.find(each) for each in runs]
    else:
        chosen = [each.run.run_id for each in await migration.runs()]
    return {run_id: await migration.move(run_id) for run_id in chosen}
