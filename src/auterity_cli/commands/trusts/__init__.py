"""`auterity trusts`: each of its commands is the module of its name."""

from __future__ import annotations

import typer

from auterity_cli.commands.trusts.add import add
from auterity_cli.commands.trusts.list import list_trusts
from auterity_cli.commands.trusts.remove import remove

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
app.command("list")(list_trusts)
for _command in (add, remove):
    app.command()(_command)
