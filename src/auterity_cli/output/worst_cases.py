"""What runs can cost at the most, as `auterity validate` tells it: for people, and as JSON data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auterity_cli.output.place_data import place_data
from auterity_cli.output.printable import printable
from auterity_cli.output.results import Results
from auterity_sdk.checks.cost.money import dollars
from auterity_sdk.diagnostics import SourceMap, WorstCase
from auterity_sdk.workflow.budget import NANO

_SHOWN = 3
"""So many of the things without a bound are told; JSON has them all."""


def lines(results: Results) -> Iterator[str]:
    """A line for each workflow whose runs cost anything, and one for each thing without a bound."""
    for each in results.reports:
        if each.report.worst_case is not None:
            yield from _lines(each.file, each.report.source, each.report.worst_case)


def _lines(file: str, source: SourceMap, worst: WorstCase) -> Iterator[str]:
    if not worst.unbounded:
        yield f"{file}: this workflow can cost up to {dollars(worst.nano)} a run"
        return
    beside = f", beside {dollars(worst.nano)} for the rest" if worst.nano else ""
    yield f"{file}: nothing bounds what this workflow can cost a run{beside}"
    for each in worst.unbounded[:_SHOWN]:
        yield f"  line {source.span(each.at).line}: {printable(each.why)}"
    more = len(worst.unbounded) - _SHOWN
    if more > 0:
        yield f"  … and {more} more"


def written(results: Results) -> list[dict[str, Any]]:
    """The same as data. `most_usd` is None where something has no bound; `bounded_usd` is of the rest."""
    return [
        _written(each.file, each.report.source, each.report.worst_case)
        for each in results.reports
        if each.report.worst_case is not None
    ]


def _written(file: str, source: SourceMap, worst: WorstCase) -> dict[str, Any]:
    usd = worst.nano / NANO
    return {
        "file": file,
        "most_usd": None if worst.unbounded else usd,
        "bounded_usd": usd,
        "unbounded": [{**place_data(source, each.at), "why": each.why} for each in worst.unbounded],
        "way": [place_data(source, each) for each in worst.way],
    }
