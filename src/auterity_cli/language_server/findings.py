"""Findings as an editor shows them, and the changes that it can make for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import Any

from lsprotocol.types import (
    CodeAction,
    CodeActionKind,
    CodeDescription,
    DiagnosticRelatedInformation,
    DiagnosticSeverity,
    DiagnosticTag,
    Location,
    OptionalVersionedTextDocumentIdentifier,
    Range,
    TextDocumentEdit,
    TextEdit,
    WorkspaceEdit,
)
from lsprotocol.types import Diagnostic as Shown

from auterity_cli.language_server.analysis import Analysis
from auterity_sdk.diagnostics import Diagnostic, Severity, Span
from auterity_sdk.workflow.document.edits import Replacement, replacements

SOURCE = "auterity"
_SEVERITIES = {
    Severity.ERROR: DiagnosticSeverity.Error,
    Severity.WARNING: DiagnosticSeverity.Warning,
    Severity.INFO: DiagnosticSeverity.Information,
}
_NEEDLESS = frozenset({"unreachable-step", "unused-input", "unused-anchor", "shadowed-case"})
_SIMILAR = re.compile(r"(?:similar [\w ]+ exists: |did you mean )`([^`]+)`")
_ALIKE = 0.5
_LONGEST_TRACE = 30
_QUOTED = re.compile(r"`([^`]+)`")

PageOf = Callable[[str], str]

Change = tuple[str, bool, Sequence[Replacement]]
"""A change: its title, whether it keeps the meaning of what is right, and what it writes where."""


def shown_findings(analysis: Analysis, uri: str, page_of: PageOf) -> list[Shown]:
    """All findings of a file. `page_of` gives the address of a rule's page."""
    return [_shown(analysis, uri, found, page_of) for found in analysis.checked.report.diagnostics]


def _shown(analysis: Analysis, uri: str, found: Diagnostic, page_of: PageOf) -> Shown:
    source = analysis.document.source
    places = [(place, place.label or "see also") for place in found.related]
    trace = enumerate(found.trace[:_LONGEST_TRACE], 1)
    places += [(place, f"{number}. {place.label}") for number, place in trace]
    related = [
        DiagnosticRelatedInformation(Location(uri, _range(analysis, source.span(place))), label)
        for place, label in places
    ]
    return Shown(
        range=_range(analysis, source.span(found.location)),
        message="\n".join(
            (
                found.message,
                *(f"note: {note}" for note in found.notes),
                *(f"help: {text}" for text in found.help),
            )
        ),
        severity=_SEVERITIES[found.severity],
        code=found.code,
        code_description=CodeDescription(page_of(found.code)),
        source=SOURCE,
        tags=[DiagnosticTag.Unnecessary] if found.name in _NEEDLESS else None,
        related_information=related or None,
        data=_data(analysis, found),
    )


def _data(analysis: Analysis, found: Diagnostic) -> dict[str, Any]:
    return {
        "name": found.name,
        "version": analysis.version,
        "fixes": [{"title": fix.title, "safe": fix.safe} for fix in found.fixes],
    }


def code_actions(
    analysis: Analysis, uri: str, start: int, end: int, page_of: PageOf
) -> list[CodeAction]:
    """The changes that mend findings between two offsets."""
    actions = []
    for found in analysis.checked.report.diagnostics:
        span = analysis.document.source.span(found.location)
        if span.start <= end and start <= span.end:
            shown = _shown(analysis, uri, found, page_of)
            actions += [_action(analysis, uri, shown, each) for each in changes(analysis, found)]
    return actions


def _action(analysis: Analysis, uri: str, shown: Shown, change: Change) -> CodeAction:
    title, safe, parts = change
    edits = [TextEdit(analysis.lines.range(start, end), text) for start, end, text in parts]
    # With a version, an editor refuses what was made for an older text.
    document = OptionalVersionedTextDocumentIdentifier(uri, analysis.version)
    edit = WorkspaceEdit(document_changes=[TextDocumentEdit(document, list(edits))])
    return CodeAction(
        title, kind=CodeActionKind.QuickFix, diagnostics=[shown], is_preferred=safe, edit=edit
    )


def changes(analysis: Analysis, found: Diagnostic) -> list[Change]:
    """The changes for a finding: those that its rule proposes, else the similar name that its help tells."""
    source = analysis.document.source
    made = [(fix, replacements(source, fix)) for fix in found.fixes]
    possible: list[Change] = [(fix.title, fix.safe, edits) for fix, edits in made if edits]
    return possible or _similar_name(analysis, found)


def _similar_name(analysis: Analysis, found: Diagnostic) -> list[Change]:
    """The name that the help tells, in place of what is most like it: all that is marked, or a word of it."""
    near = _SIMILAR.search(" ".join(found.help))
    if near is None:
        return []
    span = analysis.document.source.span(found.location)
    text = analysis.lines.text[span.start : span.end]
    words = [word for word in (text, *_QUOTED.findall(found.message)) if text.count(word) == 1]
    likeness = {word: SequenceMatcher(None, word, near[1]).ratio() for word in words}
    wrong = max(words, key=likeness.__getitem__, default="")
    if likeness.get(wrong, 0) < _ALIKE:
        return []
    at = span.start + text.index(wrong)
    title = f"write `{near[1]}` in place of `{wrong}`"
    return [(title, False, [Replacement(at, at + len(wrong), near[1])])]


def _range(analysis: Analysis, span: Span) -> Range:
    return analysis.lines.range(span.start, span.end)
