"""Lists of what a server has: for people with their number, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import typer
from pydantic import BaseModel

from auterity_cli.output.printable import printable

Model = TypeVar("Model", bound=BaseModel)


def print_listed(
    found: Sequence[Model], noun: str, show: Callable[[Sequence[Model]], None], *, as_json: bool
) -> None:
    """Show them, and say on standard error how many there are; or print them as JSON."""
    if as_json:
        print_json(found)
        return
    show(found)
    typer.echo(f"{len(found)} {noun}{'' if len(found) == 1 else 's'}", err=True)


def print_json(found: Iterable[BaseModel]) -> None:
    """Print them as a JSON array."""
    typer.echo(json.dumps([each.model_dump(mode="json") for each in found], indent=2))


def by_lines(lines: Callable[[Model], Iterable[str]]) -> Callable[[Sequence[Model]], None]:
    """What shows each by lines of its own, made safe for a terminal."""

    def show(found: Sequence[Model]) -> None:
        for each in found:
            for line in lines(each):
                typer.echo(printable(line))

    return show
