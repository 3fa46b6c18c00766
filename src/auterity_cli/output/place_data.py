"""Places as JSON data: lines and columns count from 1, ends are exclusive."""

from __future__ import annotations

from typing import Any

from auterity_sdk.diagnostics import Location, SourceMap, Span


def place_data(source: SourceMap, location: Location) -> dict[str, Any]:
    """A place with its path and label."""
    return {
        **span_data(source.span(location)),
        "path": list(location.path),
        "label": location.label,
    }


def span_data(span: Span) -> dict[str, Any]:
    """A stretch of a file."""
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
