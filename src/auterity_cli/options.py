"""The options that several commands share, each spelt once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auterity_cli.output.console import Color

ProjectOption = Annotated[
    Path,
    typer.Option(
        "--project",
        envvar="AUTERITY_PROJECT",
        help="The project's folder; else the nearest one above with an auterity.toml.",
        show_default=False,
    ),
]
ColorOption = Annotated[
    Color, typer.Option(help="When to colour; NO_COLOR and FORCE_COLOR are honoured.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
JsonLinesOption = Annotated[
    bool, typer.Option("--json", help="Print JSON on standard output, an object a line.")
]
NoPythonOption = Annotated[
    bool,
    typer.Option(
        "--no-python", help="Import no Python of the project: only built-in step types are known."
    ),
]
WorkflowArgument = Annotated[
    str, typer.Argument(help="A workflow file (YAML, JSON or Python), or a workflow's name.")
]

HERE = Path()
