"""`auterity test`: play the cases of test files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from auterity_cli.exit_codes import ExitCode
from auterity_cli.options import HERE, ColorOption, JsonOption, NoPythonOption, ProjectOption
from auterity_cli.output.console import Color, console
from auterity_cli.playing import OfFile, play
from auterity_sdk.runtime.project import Project
from auterity_sdk.testing.cases.files import find_tests

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
    project: ProjectOption = HERE,
    no_python: NoPythonOption = False,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Play the cases of test files (x.test.yaml), in memory and in no time.

    Steps run for real unless a case scripts them; messages go nowhere, and a wait of ten days takes
    milliseconds.

    Exit code: 0 all pass, 1 a case failed, 2 a test file is wrong, 3 there are none.
    """
    from auterity_cli.output.tests import dumps, lines, summary

    found = Project.find(project, python=not no_python)
    files = list(dict.fromkeys(find_tests(places or [Path(os.path.relpath(found.root))])))
    played: list[OfFile] = []
    for of in play(files, only=only, forced_replay=forced_replay, project=found):
        played.append(of)
        for line in lines(of) if not as_json else ():
            console("out", color).print(line)
    typer.echo(dumps(played, {}) if as_json else summary(played))
    if not files:
        typer.echo("help: a test file is named x.test.yaml, beside the workflow x.yaml", err=True)
    raise typer.Exit(_code(played))


def _code(files: Sequence[OfFile]) -> ExitCode:
    if any(of.wrong and of.usage for of in files):
        return ExitCode.USAGE
    if any(of.wrong or not all(played.passed for played in of.played) for of in files):
        return ExitCode.FINDINGS
    return ExitCode.OK if any(of.played for of in files) else ExitCode.NOTHING
