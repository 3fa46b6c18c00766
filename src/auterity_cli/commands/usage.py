"""`auterity usage`: what calls of language models took."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

import typer

from auterity_cli.local_runs import finish, now
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color, console
from auterity_cli.output.printable import printable
from auterity_sdk.connections.sqlite_usage import FILE_NAME, SqliteUsage
from auterity_sdk.connections.usage import Spent
from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.project import Project
from auterity_sdk.workflow.budget import NANO
from auterity_sdk.workflow.duration import Duration

app = typer.Typer(add_completion=False)


class By(StrEnum):
    """What calls are added up by."""

    DAY = "day"
    WORKFLOW = "workflow"
    STEP = "step"
    RUN = "run"
    MODEL = "model"


@app.command()
def usage(
    by: Annotated[By, typer.Option(help="What calls are added up by.")] = By.WORKFLOW,
    since: Annotated[str, typer.Option(help="How far back: 7d, 12h.")] = "30d",
    run: Annotated[str, typer.Option(help="Only the calls of this run.")] = "",
    workflow: Annotated[str, typer.Option(help="Only the calls of this workflow.")] = "",
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Show what calls of language models took: tokens, and US dollars where the price is known.

    A call that was begun and never ended counts as what was set aside for it, and is told as open. Days are those of
    the dealership.
    """
    found = Project.find(project, python=False)
    began = now() - _duration(since)
    ledger = SqliteUsage(found.store_folder / FILE_NAME)
    calls: Sequence[Spent] = ()
    if ledger.path.exists():
        calls = finish(ledger.calls(run=run, workflow=workflow, since=began))
    rows = _rows(calls, _key(by, found))
    if as_json:
        typer.echo(json.dumps({"by": by.value, "since": began.isoformat(), "rows": rows}, indent=2))
        return
    if not rows:
        typer.echo("no calls of models", err=True)
        return
    _print(by, rows, color)


def _duration(text: str) -> timedelta:
    try:
        return Duration.parse(text).timedelta
    except ValueError as error:
        raise UsageError(f"--since: {error}", help="write it as 7d or 12h") from None


def _key(by: By, project: Project) -> Callable[[Spent], str]:
    match by:
        case By.DAY:
            zone = project.zone
            return lambda spent: _local(spent.call.at, zone)
        case By.WORKFLOW:
            return lambda spent: spent.call.workflow
        case By.STEP:
            return lambda spent: f"{spent.call.workflow}/{spent.call.step}"
        case By.RUN:
            return lambda spent: spent.call.run
        case By.MODEL:
            return lambda spent: f"{spent.call.provider}/{spent.call.model}"


def _local(at: datetime, zone: Any) -> str:
    return at.astimezone(zone).date().isoformat()


def _rows(calls: Iterable[Spent], key: Callable[[Spent], str]) -> list[dict[str, Any]]:
    """A row for each key, and the sum. Dollars are None where the price of one call is not known."""
    groups: dict[str, list[Spent]] = {}
    for spent in calls:
        groups.setdefault(key(spent), []).append(spent)
    rows = [_row(name, group) for name, group in sorted(groups.items())]
    if len(rows) > 1:
        rows.append(_row("total", [spent for group in groups.values() for spent in group]))
    return rows


def _row(name: str, calls: Sequence[Spent]) -> dict[str, Any]:
    costs = [spent.amount.nano for spent in calls]
    known = [nano for nano in costs if nano is not None]
    return {
        "name": name,
        "calls": len(calls),
        "open": sum(not spent.settled for spent in calls),
        "input_tokens": sum(spent.input for spent in calls),
        "output_tokens": sum(spent.output for spent in calls),
        "tokens_set_aside": sum(spent.amount.tokens for spent in calls if not spent.settled),
        "usd": sum(known) / NANO if len(known) == len(costs) else None,
        "without_price": len(costs) - len(known),
    }


def _print(by: By, rows: list[dict[str, Any]], color: Color) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column(by.value)
    for heading in ("calls", "open", "in", "out", "US dollars"):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(
            printable(row["name"]),
            f"{row['calls']:,}",
            f"{row['open']:,}",
            f"{row['input_tokens']:,}",
            f"{row['output_tokens']:,}",
            "not known" if row["usd"] is None else f"{row['usd']:.4f}",
        )
    console("out", color).print(table)
