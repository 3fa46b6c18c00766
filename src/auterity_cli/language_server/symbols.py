"""The outline that an editor shows: inputs, steps with those inside of them, and ends."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol.types import DocumentSymbol, SymbolKind

from auterity_cli.language_server.analysis import Analysis
from auterity_cli.language_server.describe import step_line
from auterity_cli.language_server.outline import Entry
from auterity_cli.language_server.places import kind_among

_SECTIONS = {"input": SymbolKind.Variable, "steps": SymbolKind.Function, "ends": SymbolKind.Event}
_BODIES = ("for_each", "repeat")


def symbols(analysis: Analysis) -> list[DocumentSymbol]:
    """The named things of the file, in its order."""
    found = []
    for section in analysis.outline.root.children:
        kind = _SECTIONS.get(str(section.path[-1]))
        if kind is not None:
            inner = list(_named(analysis, section, kind))
            found.append(_symbol(analysis, section, SymbolKind.Namespace, "", inner))
    return found


def _named(analysis: Analysis, section: Entry, kind: SymbolKind) -> Iterator[DocumentSymbol]:
    for entry in section.children:
        if not isinstance(entry.path[-1], str):
            continue
        detail, inner = "", []
        if kind is SymbolKind.Function:
            detail = _detail(analysis, entry)
            bodies = [each for each in entry.children if each.path[-1] in _BODIES]
            steps = [each for body in bodies for each in body.children if each.path[-1] == "steps"]
            inner = [symbol for each in steps for symbol in _named(analysis, each, kind)]
        yield _symbol(analysis, entry, kind, detail, inner)


def _detail(analysis: Analysis, entry: Entry) -> str:
    node = analysis.node((*entry.path, "uses"))
    return step_line(node) if node else kind_among(analysis.outline.keys(entry.path)) or ""


def _symbol(
    analysis: Analysis, entry: Entry, kind: SymbolKind, detail: str, inner: list[DocumentSymbol]
) -> DocumentSymbol:
    lines = analysis.lines
    return DocumentSymbol(
        name=str(entry.path[-1]),
        kind=kind,
        range=lines.range(entry.key[0], max(entry.end, entry.key[1])),
        selection_range=lines.range(*entry.key),
        detail=detail or None,
        children=inner or None,
    )
