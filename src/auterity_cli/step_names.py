"""New ids of steps, as options give them: `--map OLD=NEW`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from auterity_sdk.errors import UsageError

MapOption = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="OLD=NEW", help="A step's id, and the one that it has now."),
]


def step_names(pairs: Iterable[str] | None) -> dict[str, str]:
    """The new ids by the old ones. Raises `UsageError` for a text that is no such pair."""
    found: dict[str, str] = {}
    for pair in pairs or ():
        old, equals, new = pair.partition("=")
        if not (old and equals and new):
            raise UsageError(f"--map {pair} is no pair", help="write --map OLD=NEW")
        found[old] = new
    return found
