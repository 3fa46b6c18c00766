"""`auterity users`: each of its commands is the module of its name."""

from __future__ import annotations

import typer

from auterity_cli.commands.users.invite import invite
from auterity_cli.commands.users.list import list_users
from auterity_cli.commands.users.notify import notify

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
app.command("list")(list_users)
app.command()(invite)
app.command()(notify)
