"""Plain text: its paragraphs."""

from __future__ import annotations

from auterity_sdk.ai.knowledge.documents.decoding import clean_lines, decoded
from auterity_sdk.ai.knowledge.documents.section import Section, Sections
from auterity_sdk.ai.knowledge.passage import Place


def read_text(content: bytes) -> Sections:
    """A section for each paragraph; short ones may be put together. Raises `Unreadable`."""
    sections: list[Section] = []
    lines: list[str] = []
    for number, line in enumerate([*clean_lines(decoded(content)), ""], start=1):
        if line:
            lines.append(line)
        elif lines:
            place = Place(first_line=number - len(lines))
            sections.append(Section(place, tuple(lines), whole=False))
            lines = []
    return sections
