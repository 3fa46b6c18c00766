"""`auterity lsp`: the language server for editors."""

from __future__ import annotations

import importlib.util
import sys
from typing import Annotated

import typer

from auterity_cli.exit_codes import ExitCode
from auterity_cli.options import NoPythonOption
from auterity_sdk.errors import UsageError

app = typer.Typer()


@app.command()
def lsp(
    stdio: Annotated[  # noqa: ARG001 - the only way there is; editors say it all the same
        bool, typer.Option("--stdio", help="Speak on standard input and output; always done.")
    ] = True,
    no_python: NoPythonOption = False,
) -> None:
    """Serve an editor: findings while you type, completion, hover, definitions and quick fixes.

    An editor starts it, and speaks the Language Server Protocol with it on standard input and output. Files
    with the top key `auterity` are checked as `auterity validate` does; the project's step modules are
    imported, unless --no-python.

    Exit code: 0 if the editor said `shutdown` before it left, else 1.
    """
    if importlib.util.find_spec("pygls") is None:
        raise UsageError(
            "the language server needs pygls, which is not installed",
            help="pip install 'auterity[lsp]'",
        )
    if sys.stdin.isatty():
        raise UsageError(
            "`auterity lsp` is started by an editor, not by hand",
            help="docs/how-to/use-an-editor.md has the settings",
        )
    from auterity_cli.language_server.serving import serve

    if not serve(python=not no_python):
        raise typer.Exit(ExitCode.FINDINGS)
