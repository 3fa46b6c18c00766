"""A text with a mark at the cursor, read as the server reads it, without a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from auterity_cli.language_server.analysis import Analysis, analysed
from auterity_cli.language_server.completion import completion
from auterity_cli.language_server.hover import hover
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.model import load

ROOT = Path(__file__).parent.parent.parent
MARK = "¦"
CHILD = {
    "auterity": 1,
    "name": "child",
    "description": "A workflow that others call.",
    "input": {"who": "string", "often": {"type": "integer", "default": 3}},
    "steps": {"pause": {"wait": "1h"}},
    "ends": {"rested": "pause"},
}


@cache
def registry() -> Registry:
    return builtin_registry().extended(workflows=[load(CHILD)])


def read(text: str, before: Analysis | None = None) -> Analysis:
    return analysed(text, "x.yaml", registry(), before=before)


def marked(text: str) -> tuple[str, int]:
    """The text without its mark, and the offset of that."""
    assert text.count(MARK) == 1
    return text.replace(MARK, ""), text.index(MARK)


def labels(text: str, before: str | None = None) -> list[str]:
    """What completion proposes at the mark."""
    bare, offset = marked(text)
    analysis = read(bare, read(before) if before else None)
    return [item.label for item in completion(analysis, offset)]


def completed(text: str, label: str) -> str:
    """The text once a proposal was taken."""
    bare, offset = marked(text)
    analysis = read(bare)
    edits = [item.text_edit for item in completion(analysis, offset) if item.label == label]
    assert len(edits) == 1
    edit = edits[0]
    assert edit is not None
    assert hasattr(edit, "range")
    start, end = (analysis.lines.offset(each) for each in (edit.range.start, edit.range.end))
    return bare[:start] + edit.new_text + bare[end:]


def hovered(text: str) -> str:
    """What hover shows at the mark; empty for nothing."""
    bare, offset = marked(text)
    found = hover(read(bare), offset)
    if found is None:
        return ""
    assert hasattr(found.contents, "value")
    return str(found.contents.value)
