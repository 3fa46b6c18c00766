"""The path coverage of what `auterity test` played: one for each workflow, whichever files its cases stand in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from auterity_cli.playing import OfFile
from auterity_sdk.runs.events import Event
from auterity_sdk.testing.cases.play import Suite
from auterity_sdk.testing.coverage.coverage import Coverage, coverage


def coverages(files: Iterable[OfFile]) -> Iterator[Coverage]:
    """In the order of the files."""
    suites: dict[Path, Suite] = {}
    journals: dict[Path, list[list[Event]]] = {}
    for of in files:
        if of.tests is not None:
            workflow = of.tests.of.file.resolve()
            suites.setdefault(workflow, of.tests)
            journals.setdefault(workflow, []).extend(
                list(played.rehearsal.journal()) for played in of.played if played.rehearsal
            )
    for workflow, suite in suites.items():
        yield coverage(suite.of.checked, journals[workflow])
