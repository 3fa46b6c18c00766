"""`auterity context`: each of its commands is the module of its name."""

from __future__ import annotations

import typer

from auterity_cli.commands.context.list import list_contexts
from auterity_cli.commands.context.remove import remove
from auterity_cli.commands.context.show import show
from auterity_cli.commands.context.use import use

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
app.command("list")(list_contexts)
for _command in (show, use, remove):
    app.command()(_command)
