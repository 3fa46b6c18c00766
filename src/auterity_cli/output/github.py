"""Findings as annotations of a pull request on GitHub, and as a table for the summary of the step."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from auterity_cli.output.printable import one_line, printable
from auterity_cli.output.results import Found, Results, said
from auterity_sdk.diagnostics import Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
LARGEST_SUMMARY = 1_000_000
"""Bytes; GitHub refuses a summary of more than 1 MiB."""


def dumps(results: Results) -> str:
    """One workflow command a line. Only ten of a kind are shown for a step, so the gravest come first."""
    return "\n".join(map(_annotation, results.gravest_first()))


def _annotation(found: Found) -> str:
    span = found.source.span(found.diagnostic.location)
    properties = {"file": found.file, "line": str(span.line), "endLine": str(span.end_line)}
    if span.line == span.end_line:
        properties |= {"col": str(span.column), "endColumn": str(span.end_column)}
    properties["title"] = f"{found.diagnostic.code} {found.diagnostic.name}"
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[found.diagnostic.severity]} {written}::{_data(said(found.diagnostic))}"


def _data(text: str) -> str:
    escaped = printable(text).replace("%", "%25")
    return escaped.replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def add_summary(results: Results) -> None:
    """Append the table to the summary of the running step, if this is one of GitHub Actions."""
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if file:
        with Path(file).open("a", encoding="utf-8", errors="replace") as opened:
            opened.write(summary(results))


def summary(results: Results) -> str:
    """All findings as a Markdown table, cut where GitHub would refuse it."""
    lines = ["| place | finding |", "| --- | --- |"]
    size = 0
    rows = list(_rows(results))
    for number, row in enumerate(rows):
        size += len(row.encode(errors="replace")) + 1
        if size > LARGEST_SUMMARY:
            lines.append(f"| … | {len(rows) - number} more |")
            break
        lines.append(row)
    return "\n".join(lines if rows else ["No findings."]) + "\n"


def _rows(results: Results) -> Iterator[str]:
    for found in results.gravest_first():
        line = found.source.span(found.diagnostic.location).line
        diagnostic = found.diagnostic
        rule = f"{diagnostic.severity.value} {diagnostic.code} {diagnostic.name}"
        yield f"| {_cell(f'{found.file}:{line}')} | {rule}: {_cell(diagnostic.message)} |"


def _cell(text: str) -> str:
    return one_line(text, 500).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
