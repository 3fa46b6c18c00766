"""`auterity context list`: the servers that are known here."""

from __future__ import annotations

import json

import typer
from rich.text import Text

from auterity_cli.options import ColorOption, JsonOption
from auterity_cli.output.console import Color, console
from auterity_cli.output.printable import printable
from auterity_sdk.hosted.contexts import read_contexts


def list_contexts(as_json: JsonOption = False, color: ColorOption = Color.AUTO) -> None:
    """List the contexts; the one that commands take is marked. Nothing is asked of a server."""
    known = read_contexts()
    if as_json:
        typer.echo(json.dumps(known.model_dump(mode="json"), indent=2))
        return
    out = console("out", color)
    for name, each in known.contexts.items():
        chosen = name == known.chosen
        places = (each.organisation, each.environment)
        where = " ".join(printable(place.name) for place in places if place is not None)
        out.print(
            Text.assemble(
                ("* " if chosen else "  ", "green"), (name, "bold"), f"  {each.server}  {where}"
            )
        )
    if not known.contexts:
        typer.echo("no server is known here; auterity login URL signs you in to one", err=True)
