"""`auterity schedule`: each of its commands is the module of its name."""

from __future__ import annotations

import typer

from auterity_cli.commands.schedule.list import list_schedules
from auterity_cli.commands.schedule.pause import pause
from auterity_cli.commands.schedule.resume import resume

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
app.command("list")(list_schedules)
for _command in (pause, resume):
    app.command()(_command)
