"""`auterity cache`: verdicts that are remembered."""

from __future__ import annotations

import typer

from auterity_cli.checking import verdict_store
from auterity_cli.output.summary import count

app = typer.Typer(no_args_is_help=True)


@app.callback()
def cache() -> None:
    """Forget verdicts that `auterity validate` remembers."""


@app.command()
def clear() -> None:
    """Forget all verdicts, of every project. Nothing else is kept there, and no verdict changes by it."""
    store = verdict_store()
    removed = store.clear() if store else 0
    typer.echo(f"{count(removed, 'verdict')} forgotten")
