"""A difference on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.text import Text

from auterity_cli.output.console import Color, console
from auterity_cli.output.diff import Item, Quoted, items
from auterity_cli.output.printable import printable
from auterity_cli.pairing import Pair
from auterity_sdk.checks.changes import Changes

_STYLES = {"+": "green", "-": "red", "~": "yellow", "±": "cyan"}


def print_pairs(pairs: Iterable[Pair], color: Color) -> None:
    """Each workflow with what differs in it, on standard output."""
    out = console("out", color)
    for pair in pairs:
        for line in _lines(pair):
            out.print(line)


def print_difference(changes: Changes, color: Color) -> None:
    """What differs in one workflow, on standard output."""
    for line in _difference(changes, printable(changes.name)):
        console("out", color).print(line)


def _lines(pair: Pair) -> Iterator[Text]:
    name = printable(pair.name)
    if pair.changes is None:
        sign, what = ("+", "is new") if pair.added else ("-", "is gone")
        yield Text(f"{sign} workflow {name} {what}", _STYLES[sign])
        return
    yield from _difference(pair.changes, name)


def _difference(changes: Changes, name: str) -> Iterator[Text]:
    if changes.empty:
        yield Text(f"{name}: no changes")
        return
    found = changes.difference
    yield Text.assemble((name, "bold"), f": {found.old_version[:12]} → {found.new_version[:12]}")
    for item in items(changes):
        yield from _shown(item, 1)


def _shown(item: Item, depth: int) -> Iterator[Text]:
    words = " ".join(_word(word) for word in item.words)
    yield Text("  " * depth + f"{item.sign} {words}", _STYLES[item.sign])
    for inner in item.inner:
        yield from _shown(inner, depth + 1)


def _word(word: str | Quoted) -> str:
    return word if isinstance(word, str) else " ".join(printable(word.text).split("\n"))
