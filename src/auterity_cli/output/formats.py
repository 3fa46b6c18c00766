"""The formats of findings: `--format NAME` to standard output, `--format NAME=FILE` to a file."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from auterity_cli.output.results import Results
from auterity_sdk.errors import UsageError
from auterity_sdk.expression.suggest import did_you_mean

TEXT = "text"
FORMATS = (TEXT, "json", "sarif", "github", "gitlab", "junit")
"""Each but `text` is the module of its name beside this one, imported when it is asked for."""


class Wanted(NamedTuple):
    """A format, and the file that it goes to; None is standard output."""

    format: str
    file: Path | None = None


def wanted(asked: Sequence[str]) -> tuple[Wanted, ...]:
    """What `--format` asks for. Text goes to standard output where nothing else does.

    Raises `UsageError` for a format that there is not, or two for one place.
    """
    found = [_read(each) for each in asked]
    if all(each.file is not None for each in found):
        found.append(Wanted(TEXT))
    places = [each.file for each in found]
    for place in places:
        if places.count(place) > 1:
            raise UsageError(
                f"two formats go to {place or 'standard output'}",
                help="give all but one a file: --format sarif=findings.sarif",
            )
    return tuple(found)


def _read(asked: str) -> Wanted:
    name, given, file = asked.partition("=")
    if name not in FORMATS:
        near = did_you_mean(name, FORMATS)
        listed = ", ".join(f"`{each}`" for each in FORMATS)
        advice = f"a similar format exists: `{near}`" if near else f"the formats are {listed}"
        raise UsageError(f"there is no format `{name}`", help=advice)
    if given and not file:
        raise UsageError(f"`--format {asked}` names no file", help=f"write --format {name}=FILE")
    if name == TEXT and file:
        raise UsageError(
            "text goes to standard output alone", help="redirect it: auterity validate > FILE"
        )
    return Wanted(name, Path(file) if file else None)


def dumps(name: str, results: Results) -> str:
    """The results in a format for programs."""
    module = import_module(f"auterity_cli.output.{name}")
    return str(module.dumps(results))
