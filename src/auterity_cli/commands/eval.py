"""`auterity eval`: how right the `ai.*` steps of a workflow are over labelled cases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auterity_cli.evaluating import cases_of, subjects
from auterity_cli.exit_codes import ExitCode
from auterity_cli.options import (
    HERE,
    ColorOption,
    JsonOption,
    NoPythonOption,
    ProjectOption,
    WorkflowArgument,
)
from auterity_cli.output.console import Color, console, is_terminal
from auterity_sdk.runtime.loader import find_file
from auterity_sdk.runtime.project import Project

if TYPE_CHECKING:
    from auterity_sdk.testing.evaluation.cases import Cases
    from auterity_sdk.testing.evaluation.evaluate import Subject
    from auterity_sdk.testing.evaluation.score import Evaluated

app = typer.Typer(add_completion=False)


@app.command("eval")
def evaluate_prompts(
    workflow: WorkflowArgument,
    cases: Annotated[
        Path | None,
        typer.Option(
            help="The labelled cases; else x.cases.yaml beside the workflow x.yaml.",
            show_default=False,
        ),
    ] = None,
    compare: Annotated[
        list[str] | None,
        typer.Option(
            help="Side by side with another: a connection that all steps ask, `offline`, or a workflow file.",
            show_default=False,
        ),
    ] = None,
    fail_under: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Fail where less of a step is right, such as 0.9."),
    ] = None,
    project: ProjectOption = HERE,
    no_python: NoPythonOption = False,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Run a workflow over labelled cases, and tell how right its ai steps are, what they cost and how long they took.

    Models are asked as the project's connections say, once for each case; without any, the offline rules answer.
    Other steps work in memory, and messages go nowhere. --fail-under counts for the workflow, not for what it is
    compared with.

    Exit code: 0 all is right enough, 1 a step is under --fail-under, or the workflow has errors, 2 the cases are wrong.
    """
    from auterity_cli.output.evaluation import dumps, lines
    from auterity_sdk.testing.evaluation.cases import read_cases

    found = Project.find(project, python=not no_python)
    read = read_cases(cases or cases_of(find_file(workflow, found)))
    evaluated = [_evaluated(each, read) for each in subjects(workflow, compare or (), found)]
    if as_json:
        typer.echo(dumps(read, evaluated, fail_under))
    else:
        for line in lines(read, evaluated):
            console("out", color).print(line)
    raise typer.Exit(_too_low(evaluated[0], fail_under))


def _evaluated(subject: Subject, cases: Cases) -> Evaluated:
    from auterity_sdk.testing.evaluation.evaluate import evaluate

    number, done = len(cases.model.cases), 0
    live = is_terminal("err")

    def tell(_: object) -> None:
        nonlocal done
        done += 1
        if live:
            typer.echo(f"\r{subject.name}: {done} of {number}", nl=done == number, err=True)

    return evaluate(subject, cases, tell)


def _too_low(evaluated: Evaluated, least: float | None) -> ExitCode:
    low: Sequence[str] = [
        f"{step.step}: {step.accuracy:.3g} is right, {least:g} is asked for"
        for step in evaluated.steps
        if least is not None and step.accuracy < least
    ]
    for said in low:
        typer.echo(f"error: {said}", err=True)
    if low:
        typer.echo("  help: --json tells what was expected and what came, case by case", err=True)
    return ExitCode.FINDINGS if low else ExitCode.OK
