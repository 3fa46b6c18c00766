"""Test files for people and for programs: each case, where it falls short, and the run's steps."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from rich.text import Text

from auterity_cli.output.printable import printable
from auterity_cli.output.run import tree
from auterity_cli.output.run_values import length
from auterity_cli.output.summary import count
from auterity_cli.playing import OfFile
from auterity_sdk.testing.cases.play import Played, Suite

FORMAT = "auterity-tests-1"
"""Changed when a field is removed or gets another meaning; new fields may come at any time."""


def lines(of: OfFile) -> Iterator[Text]:
    """The lines of one test file."""
    name = f"  ({printable(of.tests.of.workflow.name)})" if of.tests else ""
    yield Text.assemble((printable(str(of.file)), "bold"), (name, "dim"))
    for wrong in of.wrong:
        place = f"{of.file}:{wrong.line}:{wrong.column}: " if wrong.line else ""
        yield Text.assemble(("  error: ", "bold red"), printable(place + wrong.message))
        if wrong.help:
            yield Text(f"    help: {printable(wrong.help)}")
    width = max((len(played.name) for played in of.played), default=0)
    for played in of.played:
        if of.tests is not None:
            yield from _case(of.tests, played, width)


def _case(tests: Suite, played: Played, width: int) -> Iterator[Text]:
    mark, style = ("✓ ", "green") if played.passed else ("✗ ", "bold red")
    text = Text.assemble("  ", (mark, style), f"{printable(played.name):<{width}}")
    if played.rehearsal is not None and played.rehearsal.elapsed > timedelta():
        text.append(f"  {length(played.rehearsal.elapsed.total_seconds())}", "dim")
    text.rstrip()
    yield text
    for line in shortfalls(tests, played):
        yield Text.assemble("      ", line)


def shortfalls(tests: Suite, played: Played) -> Iterator[Text]:
    """What is not as expected, each with its place, and the steps of the run."""
    for short in played.shortfalls:
        line, column = tests.written.line(short.place)
        place = f"{tests.written.file}:{line}:{column}: "
        yield Text.assemble((printable(place), "blue"), printable(short.message))
    if played.rehearsal is not None and not played.passed:
        yield from tree(played.rehearsal.run, played.rehearsal.now)


def summary(files: Sequence[OfFile]) -> str:
    """`3 passed, 1 failed in 2 files`."""
    passed, failed = counts(files)
    parts = [f"{passed} passed"] + ([f"{failed} failed"] if failed else [])
    broken = sum(bool(of.wrong) for of in files)
    if broken:
        parts.append(f"{count(broken, 'file')} not played")
    return f"{', '.join(parts)} in {count(len(files), 'file')}"


def counts(files: Sequence[OfFile]) -> tuple[int, int]:
    """How many cases passed, and how many failed."""
    played = [played.passed for of in files for played in of.played]
    return sum(played), len(played) - sum(played)


def dumps(files: Sequence[OfFile], more: dict[str, Any]) -> str:
    """All of it as JSON; lines and columns count from 1."""
    passed, failed = counts(files)
    written = {"format": FORMAT, "passed": passed, "failed": failed, "files": [*map(_file, files)]}
    return json.dumps({**written, **more}, indent=2, default=str)


def _file(of: OfFile) -> dict[str, Any]:
    return {
        "file": of.file.as_posix(),
        "workflow": of.tests.of.workflow.name if of.tests else None,
        "errors": [
            {"line": w.line, "column": w.column, "message": w.message, "help": w.help}
            for w in of.wrong
        ],
        "cases": [_data(of.tests, played) for played in of.played if of.tests],
    }


def _data(tests: Suite, played: Played) -> dict[str, Any]:
    line, column = tests.written.line(("cases", played.name))
    run = played.rehearsal.run if played.rehearsal else None
    took = played.rehearsal.elapsed if played.rehearsal else timedelta()
    return {
        "name": played.name,
        "passed": played.passed,
        "line": line,
        "column": column,
        "status": run.status if run else None,
        "end": run.end if run else None,
        "elapsed": took.total_seconds(),
        "failures": [
            {**_place(tests, short.place), "message": short.message} for short in played.shortfalls
        ],
    }


def _place(tests: Suite, place: tuple[str | int, ...]) -> dict[str, Any]:
    line, column = tests.written.line(place)
    return {"line": line, "column": column, "path": list(place)}
