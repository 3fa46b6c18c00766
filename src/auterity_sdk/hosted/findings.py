"""Findings on their way: a diagnostic of the checker as the contract has it, and back."""

from __future__ import annotations

from auterity_sdk.diagnostics import (
    Diagnostic,
    Edit,
    Fix,
    Location,
    Report,
    Severity,
    SourceMap,
    Span,
    Suppressed,
)
from auterity_sdk.hosted.schemas import finding as contract


def file_findings(path: str, report: Report) -> contract.FileFindings:
    """A report on the file `path` of a push."""
    return contract.FileFindings(
        path=path,
        findings=tuple(_finding(each, report.source) for each in report.diagnostics),
        suppressed=tuple(
            contract.Allowed(finding=_finding(each.diagnostic, report.source), reason=each.reason)
            for each in report.suppressed
        ),
    )


def report_of(found: contract.FileFindings, source: SourceMap) -> Report:
    """The report on the same file here, whose places `source` knows."""
    return Report(
        source,
        tuple(_diagnostic(each, source.file) for each in found.findings),
        tuple(
            Suppressed(_diagnostic(each.finding, source.file), each.reason)
            for each in found.suppressed
        ),
    )


def _finding(found: Diagnostic, source: SourceMap) -> contract.Finding:
    def places(locations: tuple[Location, ...]) -> tuple[contract.Place, ...]:
        return tuple(_place(each, source) for each in locations)

    return contract.Finding(
        code=found.code,
        name=found.name,
        severity=found.severity.value,
        message=found.message,
        place=_place(found.location, source),
        related=places(found.related),
        notes=found.notes,
        help=found.help,
        fixes=tuple(_fix(each, source) for each in found.fixes),
        trace=places(found.trace),
    )


def _fix(fix: Fix, source: SourceMap) -> contract.Fix:
    edits = tuple(
        contract.Replacement(place=_place(edit.location, source), text=edit.text)
        for edit in fix.edits
    )
    return contract.Fix(title=fix.title, edits=edits, safe=fix.safe)


def _place(location: Location, source: SourceMap) -> contract.Place:
    span = location.span or source.span(location)
    return contract.Place(
        path=location.path,
        part=location.part,
        fragment=location.fragment,
        label=location.label,
        textual=location.span is not None,
        at=contract.Stretch(
            line=span.line,
            column=span.column,
            end_line=span.end_line,
            end_column=span.end_column,
            start=span.start,
            end=span.end,
        ),
    )


def _diagnostic(found: contract.Finding, file: str) -> Diagnostic:
    def locations(places: tuple[contract.Place, ...]) -> tuple[Location, ...]:
        return tuple(_location(each, file) for each in places)

    return Diagnostic(
        found.code,
        found.name,
        Severity(found.severity),
        found.message,
        _location(found.place, file),
        locations(found.related),
        found.notes,
        found.help,
        tuple(_local_fix(each, file) for each in found.fixes),
        locations(found.trace),
    )


def _local_fix(fix: contract.Fix, file: str) -> Fix:
    edits = (Edit(_location(each.place, file), each.text) for each in fix.edits)
    return Fix(fix.title, tuple(edits), fix.safe)


def _location(place: contract.Place, file: str) -> Location:
    at = place.at
    span = Span(file, at.line, at.column, at.end_line, at.end_column, at.start, at.end)
    return Location(
        place.path, place.part, place.fragment, place.label, span if place.textual else None
    )
