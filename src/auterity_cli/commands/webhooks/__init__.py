"""`auterity webhooks`: each of its commands is the module of its name."""

from __future__ import annotations

import typer

from auterity_cli.commands.webhooks.create import create
from auterity_cli.commands.webhooks.delete import delete
from auterity_cli.commands.webhooks.deliveries import deliveries
from auterity_cli.commands.webhooks.list import list_webhooks
from auterity_cli.commands.webhooks.rotate import rotate

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
app.command("list")(list_webhooks)
for _command in (create, rotate, delete, deliveries):
    app.command()(_command)
