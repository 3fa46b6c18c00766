"""The one workflow of a file that is to be run, without findings that forbid it."""

from __future__ import annotations

import typer

from auterity_cli.output.console import Color
from auterity_cli.output.reports import print_reports
from auterity_sdk.checks.check import Checked
from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.loader import check_file, find_file
from auterity_sdk.runtime.project import Project


def checked_workflow(file: str, name: str | None, project: Project, color: Color) -> Checked | None:
    """The check of a workflow; None where it has errors, which are told then.

    Raises `UsageError` for a file of several workflows of which none is named.
    """
    found = _named(file, name, project)
    if found.report.ok and found.workflow is not None:
        return found
    print_reports([found.report], color, "err")
    typer.echo("the workflow was not run", err=True)
    return None


def _named(file: str, name: str | None, project: Project) -> Checked:
    found = list(check_file(find_file(file, project), project))
    named = [each for each in found if name in (None, each.workflow and each.workflow.name)]
    if len(named) == 1:
        return named[0]
    names = ", ".join(each.workflow.name for each in found if each.workflow)
    raise UsageError(f"{file} holds {len(found)} workflows", help=f"--name is one of {names}")
