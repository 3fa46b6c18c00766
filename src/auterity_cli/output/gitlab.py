"""Findings as a Code Quality report of GitLab."""

from __future__ import annotations

import json
from typing import Any

from auterity_cli.output.printable import printable
from auterity_cli.output.results import Found, Results, said
from auterity_sdk.diagnostics import Severity

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}


def dumps(results: Results) -> str:
    """An array with an entry for each finding; GitLab shows only the first of two with one fingerprint."""
    return json.dumps([_entry(found) for found in results], indent=2)


def _entry(found: Found) -> dict[str, Any]:
    diagnostic = found.diagnostic
    return {
        "description": printable(said(diagnostic)),
        "check_name": f"{diagnostic.code} {diagnostic.name}",
        "fingerprint": found.fingerprint,
        "severity": _SEVERITIES[diagnostic.severity],
        "location": {
            "path": found.file,
            "lines": {"begin": found.source.span(diagnostic.location).line},
        },
    }
