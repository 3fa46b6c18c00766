"""`auterity convert`: one workflow in its other spelling."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from auterity_cli.exit_codes import ExitCode
from auterity_cli.options import HERE, ColorOption, NoPythonOption, ProjectOption, WorkflowArgument
from auterity_cli.output.console import Color
from auterity_cli.output.reports import print_reports
from auterity_cli.replace_file import replace_file
from auterity_sdk.checks.check import Checked
from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.loader import check_file, find_file
from auterity_sdk.runtime.project import Project
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.canonical import version
from auterity_sdk.workflow.document import write_document
from auterity_sdk.workflow.export import to_python
from auterity_sdk.workflow.model import dump
from auterity_sdk.workflow.signature import Catalog

app = typer.Typer(add_completion=False)


class Spelling(StrEnum):
    """How a workflow is written."""

    YAML = "yaml"
    PYTHON = "python"


@app.command()
def convert(
    file: WorkflowArgument,
    to: Annotated[Spelling, typer.Option(help="The spelling to write.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here, not to standard output.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Which workflow, where a Python file holds several.")
    ] = None,
    project: ProjectOption = HERE,
    no_python: NoPythonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Write a YAML workflow as Python, or the other way round. Its version, a hash, stays the same.

    Comments and layout are not carried over. A workflow with errors is not converted.
    """
    found = Project.find(project, python=not no_python)
    checked = _chosen(list(check_file(find_file(file, found), found)), name)
    if not checked.report.ok:
        print_reports([checked.report], color)
        raise typer.Exit(ExitCode.FINDINGS)
    text = _written(checked, to)
    if output is None:
        typer.echo(text, nl=False)
        return
    if output.exists():
        raise UsageError(f"{output} exists already", help="name another file, or remove it first")
    replace_file(output, text.encode())
    typer.echo(f"wrote {output}", err=True)


def _chosen(checked: list[Checked], name: str | None) -> Checked:
    names = [each.workflow.name if each.workflow else "" for each in checked]
    if name is not None and name in names:
        return checked[names.index(name)]
    if name is None and len(checked) == 1:
        return checked[0]
    raise UsageError(
        "which workflow is meant is not clear", help=f"--name is one of {', '.join(names)}"
    )


def _written(checked: Checked, to: Spelling) -> str:
    workflow, graph = checked.workflow, checked.graph
    if workflow is None or graph is None:
        raise UsageError("the workflow cannot be read", help="auterity validate says why")
    if to is Spelling.PYTHON:
        catalog = checked.subject.catalog
        return to_python(workflow, catalog, **_importable(catalog))
    return f"# version {version(workflow, graph)}\n{write_document(dump(workflow))}"


def _importable(catalog: Catalog) -> dict[str, dict[str, str]]:
    """Where Python imports the step types and types from that can be imported."""
    if not isinstance(catalog, Registry):
        return {}
    tables = {"step_types": catalog.step_types, "types": catalog.types}
    return {
        kind: {name: target for name, target in table.items() if isinstance(target, str)}
        for kind, table in tables.items()
    }
