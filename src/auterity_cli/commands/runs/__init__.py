"""`auterity runs`: each of its commands is the module of its name."""

from __future__ import annotations

import typer

from auterity_cli.commands.runs.cancel import cancel
from auterity_cli.commands.runs.events import events
from auterity_cli.commands.runs.fork import fork
from auterity_cli.commands.runs.list import list_runs
from auterity_cli.commands.runs.migrate import migrate
from auterity_cli.commands.runs.prune import prune
from auterity_cli.commands.runs.record import record
from auterity_cli.commands.runs.replay import replay
from auterity_cli.commands.runs.resume import resume
from auterity_cli.commands.runs.settle import settle
from auterity_cli.commands.runs.show import show
from auterity_cli.commands.runs.tail import tail

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
app.command("list")(list_runs)
for _command in (show, events, tail, record, replay, fork, migrate, resume, settle, cancel, prune):
    app.command()(_command)
