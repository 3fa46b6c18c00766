"""Connections of a server's environment, as lines."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from auterity_cli.output.console import Color, console
from auterity_cli.output.printable import printable
from auterity_sdk.hosted.schemas.connection import Connection


def print_connections(connections: Sequence[Connection], color: Color) -> None:
    """A line for each; on standard error which secrets are missing."""
    out = console("out", color)
    for each in connections:
        where = each.options.get("url") or each.options.get("base_url") or each.options.get("host")
        told = f"  {printable(str(where))}" if where else ""
        named = f"  secrets {', '.join(each.secrets)}" if each.secrets else ""
        out.print(f"{each.name}  {each.uses}{told}{named}", highlight=False, soft_wrap=True)
        for secret in each.missing:
            said = f"{each.name} names a secret that is not there: auterity secrets set {secret}"
            typer.echo(said, err=True)
