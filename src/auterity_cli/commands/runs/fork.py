"""`auterity runs fork`: run a part of a run again, as a new run."""

from __future__ import annotations

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
from auterity_cli.local_runs import (
    Display,
    carry_on,
    finish,
    local_runtime,
    tell_end,
    this_person,
)
from auterity_cli.one_workflow import checked_workflow
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color
from auterity_cli.output.printable import printable
from auterity_cli.run_choice import ThisRunArgument
from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.forking import Forked, fork_run
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.view import RunView
from auterity_sdk.steps.registry import Registry


def fork(
    run: ThisRunArgument,
    start: Annotated[
        str, typer.Option("--from", metavar="STEP", help="The first step that is run again.")
    ],
    new: Annotated[
        str | None,
        typer.Option("--with", metavar="NEW.yaml", help="A changed version of the workflow."),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Which workflow, where a Python file holds several.")
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Stay until the run has ended, however long it waits.")
    ] = False,
    version: Annotated[
        str | None,
        typer.Option(
            help="On a server: another version that was pushed; auterity versions lists them."
        ),
    ] = None,
    context: WhereOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Begin a new run that keeps what a run did before a step, and runs that step and all behind it again.

    Steps that NEW.yaml changes are run again too, as are those that failed unforeseen, were cancelled or were undone.
    What is run again acts again: it has new idempotency keys. What is kept keeps its times, so that no consent and no
    check of the hour is younger than it is. The new run's journal names the old one.

    Exit code: 0 succeeded, 1 failed or findings, 6 the run waits.
    """
    found = Project.find(project)
    place = place_if_hosted(context, environment, found)
    if place is not None:
        only_here(place, **{"with": new, "name": name})
        there = Display(color, as_json, place=place.options)
        begun = finish(_on_server(place, run, start, version, there, wait=wait))
        raise typer.Exit(tell_end(begun, there))
    if version is not None:
        raise UsageError(
            "--version is for a server", help="name the file of another version: --with NEW.yaml"
        )
    display = Display(color, as_json)
    checked = None if new is None else checked_workflow(new, name, found, color)
    if new is not None and checked is None:
        raise typer.Exit(ExitCode.FINDINGS)
    catalog = None if checked is None else checked.subject.catalog
    with local_runtime(found, catalog if isinstance(catalog, Registry) else None) as runtime:

        async def whole() -> RunView:
            run_id = await runtime.find(run)
            workflow = None if checked is None else checked.workflow
            forked = await fork_run(runtime, run_id, start, workflow, by=this_person())
            _tell(run_id, forked)
            return await carry_on(runtime, forked.run_id, stay=wait, display=display)

        raise typer.Exit(tell_end(finish(whole()), display))


async def _on_server(
    place: Place, run: str, start: str, version: str | None, display: Display, *, wait: bool
) -> RunView:
    from auterity_cli.hosted_runs import found, watched  # here: most runs are on this machine
    from auterity_cli.version_choice import chosen_version

    async with place.profile.in_environment() as environment:
        run_id = await found(environment, run)
        if version is not None:
            name = (await environment.run(run_id)).workflow
            version = (await chosen_version(environment, name, version)).version
        made = await environment.fork(run_id, start, version)
        _tell(run_id, Forked(made.run_id, made.kept, made.again))
        return await watched(environment, made.run_id, display, stay=wait)


def _tell(run_id: str, forked: Forked) -> None:
    kept = printable(", ".join(forked.kept)) or "nothing"
    again = printable(", ".join(forked.again)) or "nothing"
    typer.echo(f"forked from {run_id}; kept: {kept}; run again: {again}", err=True)
