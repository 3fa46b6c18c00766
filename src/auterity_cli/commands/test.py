"""`auterity test`: play the cases of test files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from auterity_cli.covering import coverages
from auterity_cli.exit_codes import ExitCode
from auterity_cli.options import HERE, ColorOption, JsonOption, NoPythonOption, ProjectOption
from auterity_cli.output.console import Color, console
from auterity_cli.playing import OfFile, play
from auterity_sdk.runtime.project import Project
from auterity_sdk.testing.cases.files import find_tests
from auterity_sdk.testing.coverage.coverage import Coverage
from auterity_sdk.testing.coverage.picture import picture

app = typer.Typer(add_completion=False)

PlacesArgument = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Test files, folders, or workflow files with a test file beside them; else all of the project.",
        metavar="[PATHS]…",
        show_default=False,
    ),
]


@app.command("test")
def run_tests(
    places: PlacesArgument = None,
    only: Annotated[
        str, typer.Option("--only", "-k", help="Only cases with this in their name.")
    ] = "",
    forced_replay: Annotated[
        bool,
        typer.Option(help="Drop each run from memory after every event, and load it again."),
    ] = False,
    record: Annotated[
        bool,
        typer.Option(
            "--record",
            help="Ask the project's language models, and keep their answers in x.answers.json, redacted.",
        ),
    ] = False,
    coverage: Annotated[
        bool,
        typer.Option("--coverage", help="Tell which paths of the workflows the cases exercise."),
    ] = False,
    fail_under: Annotated[
        float | None,
        typer.Option(min=0, max=100, help="Fail where less of a workflow is covered, in percent."),
    ] = None,
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Print the choices that reach what is not covered.")
    ] = False,
    svg: Annotated[
        Path | None, typer.Option(help="Write a picture for each workflow into this folder.")
    ] = None,
    project: ProjectOption = HERE,
    no_python: NoPythonOption = False,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Play the cases of test files (x.test.yaml), in memory and in no time.

    Steps run for real unless a case scripts them; messages go nowhere, and a wait of ten days takes
    milliseconds. No language model is asked: what --record kept beside the workflow (x.answers.json) is given
    again, and without such a file offline rules answer.

    Exit code: 0 all pass, 1 a case failed or too little is covered, 2 a test file is wrong, 3 there are none.
    """
    from auterity_cli.output.tests import dumps, lines, summary

    found = Project.find(project, python=not no_python)
    files = list(dict.fromkeys(find_tests(places or [Path(os.path.relpath(found.root))])))
    played: list[OfFile] = []
    for of in play(files, only=only, forced_replay=forced_replay, record=record, project=found):
        played.append(of)
        for line in lines(of) if not as_json else ():
            console("out", color).print(line)
    asked = coverage or suggest or svg is not None or fail_under is not None
    covered = [*coverages(played)] if asked else []
    if as_json:
        typer.echo(dumps(played, _coverage_data(covered) if asked else {}))
    else:
        typer.echo(summary(played))
        _print_coverage(covered, color, suggest=suggest)
    if svg is not None:
        _draw(covered, svg)
    if not files:
        typer.echo("help: a test file is named x.test.yaml, beside the workflow x.yaml", err=True)
    code = _code(played)
    raise typer.Exit(_too_little(covered, fail_under) if code is ExitCode.OK else code)


def _coverage_data(covered: Sequence[Coverage]) -> dict[str, object]:
    from auterity_cli.output.coverage import data

    return {"coverage": [data(each) for each in covered]}


def _print_coverage(covered: Sequence[Coverage], color: Color, *, suggest: bool) -> None:
    from auterity_cli.output.coverage import lines

    for each in covered:
        for line in lines(each, suggest=suggest):
            console("out", color).print(line)


def _draw(covered: Sequence[Coverage], folder: Path) -> None:
    from auterity_cli.replace_file import replace_file

    folder.mkdir(parents=True, exist_ok=True)
    for each in covered:
        file = folder / f"{each.workflow}.svg"
        replace_file(file, picture(each).encode())
        typer.echo(f"wrote {file}", err=True)


def _too_little(covered: Sequence[Coverage], least: float | None) -> ExitCode:
    short = [each for each in covered if least is not None and each.percent < least]
    for each in short:
        said = f"{each.workflow}: {each.percent:g} % covered, {least:g} % are asked for"
        typer.echo(f"error: {said}", err=True)
    if short:
        typer.echo("  help: --suggest prints the choices that reach the rest", err=True)
    return ExitCode.FINDINGS if short else ExitCode.OK


def _code(files: Sequence[OfFile]) -> ExitCode:
    if any(of.wrong and of.usage for of in files):
        return ExitCode.USAGE
    if any(of.wrong or not all(played.passed for played in of.played) for of in files):
        return ExitCode.FINDINGS
    return ExitCode.OK if any(of.played for of in files) else ExitCode.NOTHING
