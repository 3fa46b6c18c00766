"""Findings and quick fixes as an editor gets them."""

from __future__ import annotations

import pytest
from lsprotocol.types import CodeAction, DiagnosticSeverity, DiagnosticTag, TextDocumentEdit
from msgspec.structs import replace

from auterity_cli.language_server.analysis import Analysis
from auterity_cli.language_server.findings import code_actions, shown_findings
from auterity_sdk.diagnostics import Diagnostic, Location, Severity
from tests.language_server.reading import ROOT, read

HEAD = """\
auterity: 1
name: small
input:
  lead: Lead
steps:
  first:
    uses: hours.gate
    with: {phone: "+14195550188"}
"""


def page(code: str) -> str:
    return f"file:///{code}"


def actions(analysis: Analysis) -> list[CodeAction]:
    return code_actions(analysis, "file:///x.yaml", 0, len(analysis.lines.text), page)


def applied(analysis: Analysis, action: CodeAction) -> str:
    """The text once the action was taken."""
    text = analysis.lines.text
    assert action.edit is not None
    for change in action.edit.document_changes or ():
        assert isinstance(change, TextDocumentEdit)
        for edit in change.edits:
            assert hasattr(edit, "new_text")
            start, end = (analysis.lines.offset(at) for at in (edit.range.start, edit.range.end))
            text = text[:start] + edit.new_text + text[end:]
    return text


def test_a_finding_has_code_page_place_and_what_explains_it() -> None:
    text = HEAD + "  next:\n    needs: first.opn\n    wait: 1h\n"
    (found,) = (f for f in shown_findings(read(text), "u", page) if f.code == "AUT319")
    assert (found.range.start.line, found.range.start.character) == (9, 11)
    assert found.range.end.character == 20
    assert found.severity is DiagnosticSeverity.Error
    assert found.source == "auterity"
    assert found.code_description is not None
    assert found.code_description.href == "file:///AUT319"
    assert found.message.startswith("the step `first` has no outcome `opn`\nhelp: ")
    (related,) = found.related_information or ()
    assert related.message == "outcomes: open, closed"
    assert related.location.range.start.line == 5


def test_places_count_the_editors_units() -> None:
    text = HEAD + "  next:\n    when: \"'\U0001f697e\u0301' == frist.reason\"\n    wait: 1h\n"
    (found,) = (f for f in shown_findings(read(text), "u", page) if "frist" in f.message)
    line = text.splitlines()[9]
    before = line[: line.index("frist")]
    assert found.range.start.character == len(before.encode("utf-16-le")) // 2 == len(before) + 1


def test_what_can_go_is_shown_pale() -> None:
    text = HEAD.replace("lead: Lead", "lead: Lead\n  other: string")
    tags = {f.data["name"]: f.tags for f in shown_findings(read(text), "u", page) if f.data}
    assert tags["unused-input"] == [DiagnosticTag.Unnecessary]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("needs: frist.open", "needs: first.open"),
        ("needs: first.opn", "needs: first.open"),
        ("needs: first.open\n    when: input.laed.id == ''", "needs: first.open\n    when: input.lead.id == ''"),
        ("needs: first.open\n    when: ${input.lead.id == ''}", "needs: first.open\n    when: input.lead.id == ''"),
        ("neds: first.open", "needs: first.open"),
    ],
)  # fmt: skip
def test_a_quick_fix_mends_what_was_misspelt(wrong: str, right: str) -> None:
    before = read(HEAD + f"  next:\n    {wrong}\n    wait: 1h\n")
    after = HEAD + f"  next:\n    {right}\n    wait: 1h\n"
    assert after in [applied(before, action) for action in actions(before)]


def test_a_misspelt_step_type() -> None:
    before = read(HEAD + "  next:\n    needs: first.open\n    uses: sms.sendd\n")
    after = HEAD + "  next:\n    needs: first.open\n    uses: sms.send\n"
    assert after in [applied(before, action) for action in actions(before)]


def test_a_sound_file_has_nothing_to_mend() -> None:
    file = ROOT / "workflows" / "lead-response.yaml"
    assert actions(read(file.read_text(encoding="utf-8"))) == []


def test_only_what_is_wrong_at_the_place_is_mended() -> None:
    analysis = read(HEAD + "  next:\n    needs: first.opn\n    wait: 1h\n")
    assert code_actions(analysis, "u", 0, 5, page) == []


def test_a_counter_example_is_shown_step_by_step() -> None:
    analysis = read(HEAD + "  next:\n    needs: first.open\n    wait: 1h\n")
    steps = (
        Location(("steps", "first"), "key", label="ends in `open`"),
        Location(("steps", "next"), "key", label="starts"),
    )
    broken = Diagnostic("AUT342", "x", Severity.ERROR, "m", Location(), trace=steps)
    report = replace(analysis.checked.report, diagnostics=(broken,))
    analysis = replace(analysis, checked=replace(analysis.checked, report=report))
    (shown,) = shown_findings(analysis, "u", page)
    told = [
        (each.message, each.location.range.start.line) for each in shown.related_information or ()
    ]
    assert told == [("1. ends in `open`", 5), ("2. starts", 8)]


def test_a_fix_that_removes_an_entry_takes_its_line_along() -> None:
    before = read(HEAD.replace("lead: Lead", "lead: Lead\n  other: string"))
    removed = [applied(before, action) for action in actions(before)]
    assert HEAD in removed
