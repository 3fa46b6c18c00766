"""`auterity knowledge`: each of its commands is the module of its name."""

from __future__ import annotations

import typer

from auterity_cli.commands.knowledge.build import build
from auterity_cli.commands.knowledge.list import list_knowledge
from auterity_cli.commands.knowledge.measure import measure
from auterity_cli.commands.knowledge.query import query

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
app.command("list")(list_knowledge)
for _command in (build, query, measure):
    app.command()(_command)
