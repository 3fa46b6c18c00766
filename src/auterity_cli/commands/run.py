"""`auterity run`: check a workflow, then run it here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auterity_cli.exit_codes import ExitCode
from auterity_cli.local_runs import (
    Display,
    carry_on,
    finish,
    local_runtime,
    now,
    tell_end,
    this_person,
)
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
from auterity_cli.run_log import LogFormatOption, log_format
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.run_input import InputReader
from auterity_sdk.runtime.view import RunView
from auterity_sdk.steps.registry import Registry

app = typer.Typer(add_completion=False)

StayOption = Annotated[
    bool, typer.Option("--wait", help="Stay until the run has ended, however long it waits.")
]


@app.command()
def run(
    file: WorkflowArgument,
    input: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            "-i",
            help="A file (JSON, YAML, ADF XML), - for standard input, key=value, or key=@file.",
        ),
    ] = None,
    lead: Annotated[
        int | None, typer.Option(min=1, help="Which lead of an ADF document that holds several.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Which workflow, where a Python file holds several.")
    ] = None,
    requester: Annotated[
        str | None, typer.Option(help="Who asks for the run; else the user of this terminal.")
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(
            help="Keep what language models answer in this file, redacted, for a `recorded` connection.",
            dir_okay=False,
        ),
    ] = None,
    wait: StayOption = False,
    no_cache: Annotated[
        bool,
        typer.Option("--no-cache", help="Take no earlier result of a step that has `cache`."),
    ] = False,
    no_python: NoPythonOption = False,
    log: LogFormatOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Check a workflow, then run it here. A file with an error does not run.

    Progress goes to standard error, the output of the run to standard output. Where only waits are left,
    the command says what for and how to carry on. Every step is kept in the project's store (.auterity/),
    so that a run goes on after a crash: auterity runs resume.

    Exit code: 0 succeeded, 1 failed or findings, 6 the run waits.
    """
    found = Project.find(project, python=not no_python)
    display = Display(color, as_json, log_format(found, log))
    checked = checked_workflow(file, name, found, color)
    if checked is None or checked.workflow is None:
        raise typer.Exit(ExitCode.FINDINGS)
    workflow = checked.workflow
    here = now().astimezone(found.zone)
    reader = InputReader(workflow, here, lead, lambda text: typer.echo(text, err=True))
    values = reader.read(input or [])
    catalog = checked.subject.catalog
    registry = catalog if isinstance(catalog, Registry) else None
    with local_runtime(found, registry, display.log, record) as runtime:

        async def whole() -> RunView:
            run_id = await runtime.start(
                workflow,
                values,
                requester=this_person() if requester is None else requester,
                scopes=checked.subject.scopes,
                held=True,
                fresh=no_cache,
            )
            return await carry_on(runtime, run_id, stay=wait, display=display)

        raise typer.Exit(tell_end(finish(whole()), display))
