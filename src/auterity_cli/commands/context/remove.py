"""`auterity context remove`: forget a server."""

from __future__ import annotations

from typing import Annotated

import typer

from auterity_sdk.hosted.contexts import lock_of, read_contexts, vault_of, write_contexts


def remove(
    name: Annotated[str, typer.Argument(help="The context, as auterity context list has it.")],
) -> None:
    """Forget a context and its tokens here. auterity logout tells the server too that the sign-in is over."""
    known = read_contexts()
    vault_of(name, known.named(name).tokens).forget()
    lock_of(name).unlink(missing_ok=True)
    write_contexts(known.without(name))
    typer.echo(f"removed {name}")
