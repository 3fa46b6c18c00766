"""`auterity graph`: draw a workflow."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from auterity_cli.exit_codes import ExitCode
from auterity_cli.options import HERE, ColorOption, NoPythonOption, ProjectOption, WorkflowArgument
from auterity_cli.output.console import Color, console
from auterity_cli.output.printable import one_line
from auterity_sdk.runtime.loader import check_file, find_file
from auterity_sdk.runtime.project import Project
from auterity_sdk.workflow.render import Line, mermaid, outline, svg

app = typer.Typer(add_completion=False)

_STYLES = {"step": "bold", "doing": "dim", "outcome": "cyan", "end": "bold green", "join": "dim"}


class Picture(StrEnum):
    """What is drawn."""

    TEXT = "text"
    MERMAID = "mermaid"
    SVG = "svg"


@app.command()
def graph(
    file: WorkflowArgument,
    project: ProjectOption = HERE,
    format: Annotated[
        Picture, typer.Option(help="An outline, a Mermaid flowchart, or an SVG picture.")
    ] = Picture.TEXT,
    no_python: NoPythonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Draw a workflow: each step, and where its outcomes lead.

    A workflow with findings is drawn as far as it can be read; `auterity validate` says what is wrong.
    """
    found = Project.find(project, python=not no_python)
    code = ExitCode.OK
    for checked in check_file(find_file(file, found), found):
        if checked.graph is None or checked.workflow is None:
            typer.echo(f"error: {file} cannot be drawn", err=True)
            typer.echo(f"  help: auterity validate {file}", err=True)
            code = ExitCode.FINDINGS
            continue
        if format is Picture.MERMAID:
            typer.echo(mermaid(checked.graph), nl=False)
            continue
        if format is Picture.SVG:
            typer.echo(svg(checked.graph, checked.workflow.name), nl=False)
            continue
        out = console("out", color)
        out.print(checked.workflow.name, style="bold underline")
        for line in outline(checked.graph):
            out.print(_styled(line))
    raise typer.Exit(code)


def _styled(line: Line) -> object:
    from rich.text import Text

    return Text.assemble(*((_safe(kind, text), _STYLES.get(kind, "")) for kind, text in line.parts))


def _safe(kind: str, text: str) -> str:
    return text if kind == "frame" else text[: len(text) - len(text.lstrip())] + one_line(text)
