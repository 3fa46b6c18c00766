"""`auterity connections`: each of its commands is the module of its name."""

from __future__ import annotations

import typer

from auterity_cli.commands.connections.delete import delete
from auterity_cli.commands.connections.list import list_connections
from auterity_cli.commands.connections.set import set_connection

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
app.command("list")(list_connections)
app.command("set")(set_connection)
app.command()(delete)
