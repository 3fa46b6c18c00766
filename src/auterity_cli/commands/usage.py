"""`auterity usage`: what calls of language models took."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from msgspec import Struct, to_builtins

from auterity_cli.hosted_place import EnvironmentOption, Place, WhereOption, place_if_hosted
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color, console
from auterity_cli.output.printable import printable
from auterity_cli.since import since_time
from auterity_sdk.connections.sqlite_usage import FILE_NAME, SqliteUsage
from auterity_sdk.connections.usage import Spent
from auterity_sdk.connections.usage_rows import By, UsageRow, usage_rows
from auterity_sdk.runtime.project import Project

app = typer.Typer(add_completion=False)


@app.command()
def usage(
    by: Annotated[By, typer.Option(help="What calls are added up by.")] = By.WORKFLOW,
    since: Annotated[str, typer.Option(help="How far back: 7d, 12h.")] = "30d",
    run: Annotated[str, typer.Option(help="Only the calls of this run.")] = "",
    workflow: Annotated[str, typer.Option(help="Only the calls of this workflow.")] = "",
    context: WhereOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Show what calls of language models took: tokens, and US dollars where the price is known.

    A call that was begun and never ended counts as what was set aside for it, and is told as open. Days are those of
    the dealership.
    """
    here = Project.find(project, python=False)
    place = place_if_hosted(context, environment, here)
    asked = _Asked(by, since_time(since), run, workflow)
    rows = _here(here, asked) if place is None else finish(_on_server(place, asked))
    if as_json:
        told = {"by": by.value, "since": asked.since.isoformat(), "rows": to_builtins(rows)}
        typer.echo(json.dumps(told, indent=2))
        return
    if not rows:
        typer.echo("no calls of models", err=True)
        return
    _print(by, rows, color)


class _Asked(Struct, frozen=True):
    """Which calls are meant."""

    by: By
    since: datetime
    run: str
    workflow: str


def _here(project: Project, asked: _Asked) -> Sequence[UsageRow]:
    ledger = SqliteUsage(project.store_folder / FILE_NAME)
    calls: Sequence[Spent] = ()
    if ledger.path.exists():
        calls = finish(ledger.calls(run=asked.run, workflow=asked.workflow, since=asked.since))
    return usage_rows(calls, asked.by, project.zone if asked.by is By.DAY else UTC)


async def _on_server(place: Place, asked: _Asked) -> Sequence[UsageRow]:
    async with place.profile.in_environment() as environment:
        found = await environment.usage(
            asked.by.value, asked.since, run=asked.run, workflow=asked.workflow
        )
        return [UsageRow(**row.model_dump()) for row in found.rows]


def _print(by: By, rows: Sequence[UsageRow], color: Color) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column(by.value)
    for heading in ("calls", "open", "in", "out", "US dollars"):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(
            printable(row.name),
            f"{row.calls:,}",
            f"{row.open:,}",
            f"{row.input_tokens:,}",
            f"{row.output_tokens:,}",
            "not known" if row.usd is None else f"{row.usd:.4f}",
        )
    console("out", color).print(table)
