"""Findings as JSON for programs. Its form is versioned apart from the model's."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from auterity_sdk.diagnostics import Diagnostic, Location, Report, SourceMap

FORMAT = "auterity-findings-1"
"""Changed when a field is removed or gets another meaning; new fields may come at any time."""


def dumps(reports: Iterable[Report], files: int) -> str:
    """All findings; lines and columns count from 1, ends are exclusive."""
    found = [
        _finding(report.source, diagnostic)
        for report in reports
        for diagnostic in report.diagnostics
    ]
    counts = dict.fromkeys(("error", "warning", "info"), 0)
    for finding in found:
        counts[finding["severity"]] += 1
    return json.dumps(
        {"format": FORMAT, "files": files, "counts": counts, "findings": found}, indent=2
    )


def _finding(source: SourceMap, diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        **_place(source, diagnostic.location),
        "related": [_place(source, place) for place in diagnostic.related],
        "notes": list(diagnostic.notes),
        "help": list(diagnostic.help),
        "fixes": [
            {
                "title": fix.title,
                "safe": fix.safe,
                "edits": [{**_place(source, e.location), "text": e.text} for e in fix.edits],
            }
            for fix in diagnostic.fixes
        ],
    }


def _place(source: SourceMap, location: Location) -> dict[str, Any]:
    span = source.span(location)
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "path": list(location.path),
        "label": location.label,
    }
