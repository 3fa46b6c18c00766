"""`auterity secrets`: each of its commands is the module of its name."""

from __future__ import annotations

import typer

from auterity_cli.commands.secrets.delete import delete
from auterity_cli.commands.secrets.list import list_secrets
from auterity_cli.commands.secrets.set import set_secret

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
app.command("list")(list_secrets)
app.command("set")(set_secret)
app.command()(delete)
