"""`auterity keys`: each of its commands is the module of its name."""

from __future__ import annotations

import typer

from auterity_cli.commands.keys.list import list_keys
from auterity_cli.commands.keys.make import make
from auterity_cli.commands.keys.revoke import revoke

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
app.command("list")(list_keys)
for _command in (make, revoke):
    app.command()(_command)
