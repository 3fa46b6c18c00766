"""`auterity diff`: what differs between two versions of a workflow."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from auterity_cli.exit_codes import ExitCode
from auterity_cli.options import HERE, ColorOption, NoPythonOption, ProjectOption
from auterity_cli.output.console import Color
from auterity_cli.pairing import Pair, paired
from auterity_sdk.checks.check import Checked, check_document
from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.loader import PYTHON, check_file
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.revisions import Repository
from auterity_sdk.workflow.document import load_document

app = typer.Typer()


class Form(StrEnum):
    """How the difference is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="The old version; with --rev the file as it is now.")],
    new: Annotated[Path | None, typer.Argument(help="The new version.")] = None,
    rev: Annotated[
        str | None,
        typer.Option(
            "--rev", metavar="GIT_REV", help="Compare the file with itself at a revision."
        ),
    ] = None,
    format: Annotated[
        Form, typer.Option(help="For people, for programs, or for a comment.")
    ] = Form.TEXT,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 8 where there are changes.")
    ] = False,
    project: ProjectOption = HERE,
    no_python: NoPythonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Show what differs between two versions of a workflow in meaning, and which findings that adds or removes.

    Comments, the order of keys and the spelling of edges do not count. A step that has another id, and is the
    same otherwise, is renamed. Both versions are checked against the project as it is now.
    """
    found = Project.find(project, python=not no_python)
    pairs = paired(*_versions(old, new, rev, found))
    match format:
        case Form.JSON:
            from auterity_cli.output.diff import dumps

            typer.echo(dumps(pairs))
        case Form.MARKDOWN:
            from auterity_cli.output.diff_markdown import markdown

            typer.echo(markdown(pairs), nl=False)
        case Form.TEXT:
            from auterity_cli.output.diff_text import print_pairs

            print_pairs(pairs, color)
    raise typer.Exit(_code(pairs, exit_code))


def _versions(
    old: Path, new: Path | None, rev: str | None, project: Project
) -> tuple[list[Checked], list[Checked]]:
    if (new is None) == (rev is None):
        raise UsageError(
            "name either two files, or one and --rev",
            help="auterity diff OLD NEW, or auterity diff FILE --rev main",
        )
    if new is not None:
        return list(check_file(old, project)), list(check_file(new, project))
    if old.suffix == PYTHON:
        raise UsageError(
            f"{old} is Python, which is not imported as it was at a revision",
            help="compare it with a copy: git show REV:FILE > old.py",
        )
    now = list(check_file(old, project))
    before = Repository.around(old.parent).file_at(str(rev), old)
    document = load_document(before, file=f"{old}@{rev}")
    return [check_document(document, project.registry)], now


def _code(pairs: list[Pair], exit_code: bool) -> ExitCode:
    differ = any(pair.differs for pair in pairs)
    return ExitCode.CHANGES if exit_code and differ else ExitCode.OK
