"""`auterity validate`: check workflow files."""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from auterity_cli.exit_codes import ExitCode
from auterity_cli.options import (
    HERE,
    ColorOption,
    Format,
    FormatOption,
    NoPythonOption,
    ProjectOption,
)
from auterity_cli.output.console import Color
from auterity_cli.output.reports import print_reports
from auterity_sdk.diagnostics import Report, Severity
from auterity_sdk.runtime.loader import check_file
from auterity_sdk.runtime.project import Project, workflow_files

app = typer.Typer(add_completion=False)


@app.command()
def validate(
    places: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files, and folders in which workflow files are found.", metavar="FILE"
        ),
    ] = None,
    project: ProjectOption = HERE,
    format: FormatOption = Format.TEXT,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    no_python: NoPythonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Check workflow files, and show what to mend.

    Without a file, every workflow file of the project is checked. Nothing is run, and neither network nor
    secrets are needed; but a Python file, and the project's step modules, are imported, unless --no-python.

    Exit code: 0 clean (warnings alone too), 1 findings, 2 usage, 3 nothing to check.
    """
    begun = time.perf_counter()
    found = Project.find(project, python=not no_python)
    files = list(workflow_files(tuple(places or [Path(os.path.relpath(found.root))])))
    reports = [checked.report for file in files for checked in check_file(file, found)]
    if format is Format.JSON:
        from auterity_cli.output.json import dumps

        typer.echo(dumps(reports, len(files)))
    else:
        _print(reports, len(files), time.perf_counter() - begun, color)
    raise typer.Exit(_code(reports, strict=strict))


def _print(reports: list[Report], files: int, seconds: float, color: Color) -> None:
    print_reports(reports, color)
    typer.echo(f"{summary(reports)} in {_count(files, 'file')}, {seconds * 1000:.0f} ms")
    if not files:
        typer.echo(
            "help: a workflow file has the top key `auterity: 1`; `auterity init` makes one",
            err=True,
        )


def summary(reports: list[Report]) -> str:
    """`2 errors, 1 warning`, or `no findings`."""
    counts = Counter(found.severity for report in reports for found in report.diagnostics)
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "remark"}
    parts = [_count(counts[severity], word) for severity, word in words.items() if counts[severity]]
    return ", ".join(parts) or "no findings"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _code(reports: list[Report], *, strict: bool) -> ExitCode:
    if not reports:
        return ExitCode.NOTHING
    graves = {found.severity for report in reports for found in report.diagnostics}
    failed = Severity.ERROR in graves or (strict and Severity.WARNING in graves)
    return ExitCode.FINDINGS if failed else ExitCode.OK
