"""`auterity plan`: what a new version of a workflow means for the runs that there are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from auterity_cli.exit_codes import ExitCode
from auterity_cli.hosted_place import EnvironmentOption, Place, WhereOption, place_if_hosted
from auterity_cli.local_runs import finish, local_runtime
from auterity_cli.one_workflow import checked_workflow
from auterity_cli.options import (
    HERE,
    ColorOption,
    JsonOption,
    NoPythonOption,
    ProjectOption,
    WorkflowArgument,
)
from auterity_cli.output.console import Color
from auterity_cli.output.plan import plan_data, print_plan
from auterity_cli.step_names import MapOption, step_names
from auterity_sdk.checks.check import Checked
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.migrating import Migration, Planned
from auterity_sdk.runtime.project import Project
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.difference import Difference

app = typer.Typer(add_completion=False)

Plans = tuple[list[Planned], dict[str, Difference]]
"""The runs that go by other versions, and what each of these versions differs in."""


@app.command()
def plan(
    new: WorkflowArgument,
    name: Annotated[
        str | None, typer.Option(help="Which workflow, where a Python file holds several.")
    ] = None,
    names: MapOption = None,
    exit_code: Annotated[
        bool,
        typer.Option("--exit-code", help="End with 8 where runs go by another version."),
    ] = False,
    no_python: NoPythonOption = False,
    context: WhereOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Show what a new version of a workflow changes for the runs that wait or run by others.

    For each version in use: what differs in its structure, and each run with what may become of it. safe: auterity
    runs migrate can move it. stay: it has to end by its own version, for the reason given. blocked: it may be moved
    later. No run is changed by this. With --context it is about the runs of a server, if this were pushed there.

    Exit code: 1 where the new version has an error, 8 with --exit-code where runs go by another one.
    """
    found = Project.find(project, python=not no_python)
    checked = checked_workflow(new, name, found, color)
    if checked is None or checked.workflow is None:
        raise typer.Exit(ExitCode.FINDINGS)
    place = place_if_hosted(context, environment, found)
    if place is None:
        planned, changes = _here(found, checked, step_names(names))
    else:
        planned, changes = finish(_on_server(place, found, Path(new), checked, step_names(names)))
    workflow, source = checked.workflow, checked.report.source
    if as_json:
        typer.echo(json.dumps(plan_data(workflow.name, planned, changes, source), indent=2))
    else:
        print_plan(
            new, workflow.name, planned, changes, source, color, place.options if place else None
        )
    raise typer.Exit(ExitCode.CHANGES if exit_code and planned else ExitCode.OK)


def _here(project: Project, checked: Checked, names: Mapping[str, str]) -> Plans:
    assert checked.workflow is not None  # noqa: S101 - the caller has looked
    catalog = checked.subject.catalog
    with local_runtime(project, catalog if isinstance(catalog, Registry) else None) as runtime:
        return finish(_planned(runtime, Migration(runtime, checked.workflow, names)))


async def _on_server(
    place: Place, project: Project, file: Path, checked: Checked, names: Mapping[str, str]
) -> Plans:
    from auterity_cli.hosted_plans import planned_there  # here: most runs are on this machine
    from auterity_cli.pushing import Checks

    push = Checks(project, [file], [(file, checked)]).push(project.settings.rules, "")
    async with place.profile.in_environment() as environment:
        return await planned_there(environment, push, checked, names)


async def _planned(runtime: LocalRuntime, migration: Migration) -> Plans:
    planned = await migration.runs()
    versions = dict.fromkeys(each.run.version for each in planned)
    if not versions:
        name = migration.workflow.name
        last = [run for run in await runtime.list_runs() if run.workflow == name]
        versions = dict.fromkeys(run.version for run in last[:1])
    return planned, {version: await migration.difference(version) for version in versions}
