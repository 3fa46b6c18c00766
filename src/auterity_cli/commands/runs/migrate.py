"""`auterity runs migrate`: move runs to another version of their workflow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated

import typer

from auterity_cli.exit_codes import ExitCode
from auterity_cli.hosted_place import (
    EnvironmentOption,
    Place,
    WhereOption,
    only_here,
    place_if_hosted,
)
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
    runs: Annotated[
        list[str] | None,
        typer.Argument(help="Ids of runs, or how they begin.", metavar="[RUN…]"),
    ] = None,
    new: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="NEW.yaml",
            help="The new version of the workflow; on a server it is the live one.",
            show_default=False,
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Move every run for which that is safe.")
    ] = False,
    names: MapOption = None,
    name: Annotated[
        str | None,
        typer.Option(
            help="Which workflow, where a Python file holds several; with --all on a server, whose runs."
        ),
    ] = None,
    context: WhereOption = None,
    environment: EnvironmentOption = None,
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
    place = place_if_hosted(context, environment, found)
    if place is None:
        moved = _here(found, new, name, runs, step_names(names), color)
    else:
        only_here(place, to=new)
        moved = finish(_on_server(place, name, runs, step_names(names)))
    _print(moved, color, as_json=as_json)
    failed = not every and not all(map(_is_safe, moved.values()))
    raise typer.Exit(ExitCode.FINDINGS if failed else ExitCode.OK)


def _here(
    project: Project,
    new: str | None,
    name: str | None,
    runs: list[str] | None,
    names: Mapping[str, str],
    color: Color,
) -> dict[str, Verdict]:
    if new is None:
        raise UsageError("--to names no file", help="name the new version: --to NEW.yaml")
    checked = checked_workflow(new, name, project, color)
    if checked is None or checked.workflow is None:
        raise typer.Exit(ExitCode.FINDINGS)
    catalog = checked.subject.catalog
    with local_runtime(project, catalog if isinstance(catalog, Registry) else None) as runtime:
        migration = Migration(runtime, checked.workflow, names, this_person())
        return finish(_moved(runtime, migration, runs))


async def _on_server(
    place: Place, name: str | None, runs: list[str] | None, names: Mapping[str, str]
) -> dict[str, Verdict]:
    from auterity_cli.hosted_runs import found  # here: most runs are on this machine
    from auterity_sdk.hosted.schemas.run_change import MoveRuns

    async with place.profile.in_environment() as environment:
        chosen = [await found(environment, each) for each in runs or ()]
        by_workflow: dict[str, list[str]] = {}
        for each in chosen:
            by_workflow.setdefault((await environment.run(each)).workflow, []).append(each)
        if not chosen:
            if name is None:
                raise UsageError("--all on a server needs a workflow", help="--name WORKFLOW")
            by_workflow = {name: []}
        moved: dict[str, Verdict] = {}
        for workflow, ids in by_workflow.items():
            made = await environment.move(workflow, MoveRuns(runs=tuple(ids), names=dict(names)))
            moved |= {each.run_id: Verdict(Move(each.move), each.reason) for each in made.runs}
        return moved


def _print(moved: Mapping[str, Verdict], color: Color, *, as_json: bool) -> None:
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
