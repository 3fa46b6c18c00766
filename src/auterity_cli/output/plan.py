"""What a new version means for runs, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from auterity_cli.output.console import Color, console
from auterity_cli.output.diff import difference_data
from auterity_cli.output.diff_text import print_difference
from auterity_cli.output.printable import printable
from auterity_sdk.checks.changes import Changes
from auterity_sdk.diagnostics import SourceMap
from auterity_sdk.runs.movable import Move, Verdict
from auterity_sdk.runtime.migrating import Planned
from auterity_sdk.workflow.difference import Difference

FORMAT = "auterity-plan-1"
"""Changed when a field is removed or gets another meaning; new fields may come at any time."""

_STYLES = {Move.SAFE: "green", Move.STAY: "yellow", Move.BLOCKED: "red"}


def plan_data(
    name: str, planned: Sequence[Planned], changes: Mapping[str, Difference], source: SourceMap
) -> dict[str, Any]:
    """All as data."""
    versions = [
        {
            "version": version,
            "difference": difference_data(Changes(name, found, source, source)),
            "runs": [_run_data(each) for each in planned if each.run.version == version],
        }
        for version, found in changes.items()
    ]
    return {"format": FORMAT, "workflow": name, "versions": versions}


def _run_data(planned: Planned) -> dict[str, Any]:
    run, found = planned.run, planned.verdict
    data = {"run_id": run.run_id, "status": run.status, "move": found.move.value}
    return {**data, "reason": found.reason} if found.reason else data


def print_plan(
    file: str,
    name: str,
    planned: Sequence[Planned],
    changes: Mapping[str, Difference],
    source: SourceMap,
    color: Color,
    place: str | None = None,
) -> None:
    """What differs, and each run, on standard output; what can be done next, on standard error.

    `place`: the runs are on a server, which these options name.
    """
    out, err = console("out", color), console("err", color)
    for version in dict.fromkeys((*changes, *(each.run.version for each in planned))):
        if version in changes:
            print_difference(Changes(name, changes[version], source, source), color)
        for each in planned:
            if each.run.version == version:
                out.print(run_line(each.run.run_id, each.verdict, each.run.status))
    if not planned:
        err.print(f"no run of {printable(name)} waits or runs by another version")
    if any(each.verdict.move is Move.SAFE for each in planned):
        how = f"--to {printable(file)}" if place is None else f"--name {printable(name)}{place}"
        after = "" if place is None else ", once it is pushed"
        err.print(f"  → auterity runs migrate --all {how}{after}", style="cyan")


def run_line(run_id: str, found: Verdict, status: str = "") -> Text:
    """One run with its verdict."""
    line = Text.assemble(
        (f"{found.move.value:<8}", _STYLES[found.move]), (run_id, "bold"), f"  {status}".rstrip()
    )
    return line.append(f"  {printable(found.reason)}", "dim") if found.reason else line
