"""A report as JSON data and back, with the places of its findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import astuple

from auterity_sdk.diagnostics import (
    Diagnostic,
    Edit,
    Fix,
    Location,
    Report,
    Severity,
    Span,
    Suppressed,
    Unbounded,
    WorstCase,
)
from auterity_sdk.steps.plain_form import to_plain
from auterity_sdk.workflow.document.late_source import LateSource

Data = Mapping[str, Any]


def written(report: Report) -> dict[str, Any]:
    """The data of a report."""
    spans = map(report.source.span, _locations(report.diagnostics, report.worst_case))
    return {
        "found": [to_plain(each) for each in report.diagnostics],
        "suppressed": [to_plain(each) for each in report.suppressed],
        "spans": [astuple(span)[1:] for span in spans],
        "worst_case": None if report.worst_case is None else to_plain(report.worst_case),
    }


def read(data: Data, file: str, content: bytes) -> Report:
    """The report of that data on that file. Raises what wrong data makes of this: TypeError, KeyError, …"""
    found = tuple(map(_diagnostic, data["found"]))
    worst = None if data["worst_case"] is None else _worst_case(data["worst_case"])
    places = zip(_locations(found, worst), data["spans"], strict=True)
    spans = {location: Span(file, *span) for location, span in places}
    suppressed = tuple(map(_suppressed, data["suppressed"]))
    return Report(LateSource(file, content, spans), found, suppressed, worst)


def _locations(found: Iterable[Diagnostic], worst: WorstCase | None) -> Iterator[Location]:
    for diagnostic in found:
        yield diagnostic.location
        yield from diagnostic.related
        yield from diagnostic.trace
    if worst is not None:
        yield from (each.at for each in worst.unbounded)
        yield from worst.way


# By hand, since a general reader of dataclasses takes longer than all else of a remembered verdict.
def _diagnostic(data: Data) -> Diagnostic:
    return Diagnostic(
        data["code"],
        data["name"],
        Severity(data["severity"]),
        data["message"],
        _location(data["location"]),
        tuple(map(_location, data.get("related", ()))),
        tuple(data.get("notes", ())),
        tuple(data.get("help", ())),
        tuple(map(_fix, data.get("fixes", ()))),
        tuple(map(_location, data.get("trace", ()))),
    )


def _worst_case(data: Data) -> WorstCase:
    unbounded = (
        Unbounded(_location(each["at"]), each["why"]) for each in data.get("unbounded", ())
    )
    return WorstCase(data["nano"], tuple(unbounded), tuple(map(_location, data.get("way", ()))))


def _location(data: Data) -> Location:
    fragment, span = data.get("fragment"), data.get("span")
    return Location(
        tuple(data.get("path", ())),
        data.get("part", "value"),
        (fragment[0], fragment[1]) if fragment else None,
        data.get("label", ""),
        Span(**span) if span else None,
    )


def _fix(data: Data) -> Fix:
    edits = (Edit(_location(each["location"]), each["text"]) for each in data["edits"])
    return Fix(data["title"], tuple(edits), data.get("safe", False))


def _suppressed(data: Data) -> Suppressed:
    return Suppressed(_diagnostic(data["diagnostic"]), data["reason"])
