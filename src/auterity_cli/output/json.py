"""Findings as JSON for programs. Its form is versioned apart from the model's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from auterity_cli.output import worst_cases
from auterity_cli.output.place_data import place_data, span_data
from auterity_cli.output.results import GRAVEST_FIRST, Found, Results
from auterity_sdk.diagnostics import Diagnostic, SourceMap
from auterity_sdk.workflow.document import YamlSource
from auterity_sdk.workflow.document.edits import replacements

FORMAT = "auterity-findings-1"
"""Changed when a field is removed or gets another meaning; new fields may come at any time."""


def dumps(results: Results) -> str:
    """All findings; lines and columns count from 1, ends are exclusive."""
    counts = {severity.value: results.counts[severity] for severity in GRAVEST_FIRST}
    written = {
        "format": FORMAT,
        "files": len(results.files),
        "counts": counts,
        "findings": [_finding(found) for found in results],
        "suppressed": [
            {**_head(each.report.source, allowed.diagnostic), "reason": allowed.reason}
            for each in results.reports
            for allowed in each.report.suppressed
        ],
        "known": results.known,
        "worst_cases": worst_cases.written(results),
    }
    return json.dumps(written, indent=2)


def _finding(found: Found) -> dict[str, Any]:
    source, diagnostic = found.source, found.diagnostic
    return {
        **_head(source, diagnostic),
        "related": [place_data(source, each) for each in diagnostic.related],
        "trace": [place_data(source, each) for each in diagnostic.trace],
        "notes": list(diagnostic.notes),
        "help": list(diagnostic.help),
        "fixes": list(_fixes(source, diagnostic)),
        "fingerprint": found.fingerprint,
    }


def _head(source: SourceMap, diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        **place_data(source, diagnostic.location),
    }


def _fixes(source: SourceMap, diagnostic: Diagnostic) -> Iterator[dict[str, Any]]:
    for fix in diagnostic.fixes:
        changes = replacements(source, fix) if isinstance(source, YamlSource) else None
        if isinstance(source, YamlSource) and changes is not None:
            edits = [
                {**span_data(source.at(each.start, each.end)), "text": each.text}
                for each in changes
            ]
            yield {"title": fix.title, "safe": fix.safe, "edits": edits}
