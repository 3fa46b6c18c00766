"""Reports on a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from auterity_cli.output.console import Color, console
from auterity_sdk.diagnostics import Report


def print_reports(
    reports: Iterable[Report], color: Color, stream: Literal["out", "err"] = "out"
) -> None:
    """Every finding, as a good compiler shows it."""
    shown = [report for report in reports if report.diagnostics]
    if not shown:
        return
    from auterity_cli.output.text import findings

    out = console(stream, color)
    for report in shown:
        for line in findings(report):
            out.print(line)
