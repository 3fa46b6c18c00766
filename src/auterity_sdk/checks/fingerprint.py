"""A finding's fingerprint: the same as long as the same thing is wrong, wherever its lines have moved to."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator

from auterity_sdk.diagnostics import Diagnostic, Report, SourceMap


def fingerprints(reports: Iterable[tuple[str, Report]]) -> Iterator[tuple[str, ...]]:
    """One fingerprint (hex) for each finding of each report, in their order; none stands twice.

    The text beside a report is its file's path: relative and with `/`, so that every machine gives the same.
    """
    seen = Counter[str]()
    for file, report in reports:
        found = []
        for diagnostic in report.diagnostics:
            identity = _identity(file, report.source, diagnostic)
            found.append(_hash(identity, seen[identity]))
            seen[identity] += 1
        yield tuple(found)


def _identity(file: str, source: SourceMap, diagnostic: Diagnostic) -> str:
    """The rule, the file, the symbolic route, and what is written there with blanks made one."""
    location = diagnostic.location
    span = source.span(location)
    last = span.end_column - 1 if span.end_line == span.line else None
    fragment = " ".join(source.line(span.line)[span.column - 1 : last].split())
    return json.dumps([diagnostic.code, file, *map(str, location.path), location.part, fragment])


def _hash(identity: str, ordinal: int) -> str:
    return hashlib.sha256(f"{identity}#{ordinal}".encode(errors="surrogatepass")).hexdigest()
