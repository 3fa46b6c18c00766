"""One thing that may be written at the cursor."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol.types import (
    CompletionItem,
    CompletionItemKind,
    MarkupContent,
    MarkupKind,
    Range,
    TextEdit,
)
from msgspec import Struct


class Proposal(Struct, frozen=True):
    """A word, and what is shown beside it. `insert` stands in its place in the file, if that differs."""

    label: str
    kind: CompletionItemKind
    detail: str = ""
    help: str = ""
    insert: str = ""


def items(proposals: Iterable[Proposal], place: Range) -> list[CompletionItem]:
    """The proposals in their order, each of which replaces the text at `place`."""
    return [
        CompletionItem(
            label=each.label,
            kind=each.kind,
            detail=each.detail or None,
            documentation=MarkupContent(MarkupKind.Markdown, each.help) if each.help else None,
            sort_text=f"{number:04}",
            filter_text=each.label,
            text_edit=TextEdit(place, each.insert or each.label),
        )
        for number, each in enumerate(proposals)
    ]
