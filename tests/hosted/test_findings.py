"""Findings come back from the wire as they went: nothing of a file in the corpus is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from auterity_sdk.checks.check import check_document
from auterity_sdk.hosted.findings import file_findings, report_of
from auterity_sdk.hosted.schemas.finding import FileFindings
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.workflow.document import load_document

BROKEN = sorted((Path(__file__).parent.parent / "corpus/broken").rglob("*.yaml"))


def test_there_are_broken_files() -> None:
    assert len(BROKEN) > 20


@pytest.mark.parametrize("part", range(4))
def test_a_report_survives_the_wire(part: int) -> None:
    registry = builtin_registry()
    for file in BROKEN[part::4]:
        report = check_document(load_document(file.read_bytes(), file=str(file)), registry).report
        sent = file_findings("workflows/it.yaml", report).model_dump_json()
        came = report_of(FileFindings.model_validate_json(sent), report.source)
        assert came.diagnostics == report.diagnostics, file
        assert came.suppressed == report.suppressed, file


def test_lines_are_told_to_those_who_have_no_source_map() -> None:
    text = b"auterity: 1\nname: hello\nsteps:\n  pause:\n    wait: 1x\n"
    report = check_document(load_document(text, file="hello.yaml"), builtin_registry()).report
    found = file_findings("hello.yaml", report).findings[0]
    assert (found.place.at.line, found.place.path) == (5, ("steps", "pause", "wait"))
