"""From files to results: checked as the project says, with fingerprints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from auterity_cli.output.results import OfFile, Results, reading_place, relative
from auterity_sdk.checks.fingerprint import fingerprints
from auterity_sdk.checks.policy import Policy
from auterity_sdk.diagnostics import Report
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.verdict_store import VerdictStore, cache_folder
from auterity_sdk.runtime.verdicts import Verdicts


def check(
    files: Sequence[Path], project: Project, policy: Policy, *, remembered: bool = False
) -> Results:
    """The findings of the files, in their order; `remembered` keeps verdicts, and takes those that are kept."""
    store = verdict_store() if remembered else None
    verdicts = Verdicts(project, policy, store)
    found = [(file, report) for file in files for report in verdicts.reports(file)]
    if store is not None:
        store.sweep()
    return results(files, found, project)


def verdict_store() -> VerdictStore | None:
    """Where this user's verdicts are kept; None without a home."""
    folder = cache_folder()
    return VerdictStore(folder / "verdicts") if folder else None


def results(
    files: Sequence[Path], reports: Sequence[tuple[Path, Report]], project: Project
) -> Results:
    """Reports with their fingerprints, and the names that their files have from both places."""
    base = reading_place()
    named = [(relative(file, project.root), report) for file, report in reports]
    of_files = tuple(
        OfFile(relative(file, base), name, report, prints)
        for (file, report), (name, _), prints in zip(
            reports, named, fingerprints(named), strict=True
        )
    )
    names = tuple(relative(file, project.root) for file in files)
    return Results(tuple(relative(file, base) for file in files), of_files, names)
