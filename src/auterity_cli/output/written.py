"""Results written in a format for programs, to standard output or into a file."""

from __future__ import annotations

import typer

from auterity_cli.output.formats import Wanted, dumps
from auterity_cli.output.results import Results


def write_results(output: Wanted, results: Results) -> None:
    """Write them in any format but `text`."""
    text = dumps(output.format, results)
    if output.file is None:
        typer.echo(text, nl=bool(text))
    else:
        from auterity_cli.replace_file import replace_file

        replace_file(output.file, f"{text}\n".encode())
    if output.format == "github":
        from auterity_cli.output.github import add_summary

        add_summary(results)
