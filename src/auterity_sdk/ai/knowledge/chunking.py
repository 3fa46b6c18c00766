"""Cuts the sections of a document into passages of a length that can be searched and quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from auterity_sdk.ai.knowledge.documents.section import Section, Sections
from auterity_sdk.ai.knowledge.passage import Passage, Place

VERSION = "1"
"""Changed with the rules of this file and of the readers: an index that was made by others is made anew."""

LONGEST = 900
"""Characters of a passage, but for a single sentence that is longer."""
OVERLAP = 150
"""Characters, at most, of whole sentences that a passage repeats of the one before it."""
ENOUGH = 400
"""Paragraphs are put together up to so many characters."""

_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


class _Piece(Struct, frozen=True):
    """A sentence and the line that it begins in."""

    text: str
    line: int


def passages(file: str, sections: Sections) -> Iterator[Passage]:
    """The passages of a document, in its order."""
    for section in _together(sections):
        pieces = list(_pieces(section))
        for part in _parts(pieces):
            text = "\n".join(_joined(part))
            if text.strip():
                yield Passage(file, _place(section, part), text)


def _together(sections: Sections) -> Iterator[Section]:
    """Short paragraphs of one heading put together."""
    waiting: Section | None = None
    for section in sections:
        if waiting is not None and _fits(waiting, section):
            waiting = _merged(waiting, section)
            continue
        if waiting is not None:
            yield waiting
        waiting = section
    if waiting is not None:
        yield waiting


def _fits(first: Section, second: Section) -> bool:
    if first.whole or second.whole or first.place.headings != second.place.headings:
        return False
    return _length(first) + _length(second) <= ENOUGH


def _merged(first: Section, second: Section) -> Section:
    gap = second.place.first_line - first.place.first_line - len(first.lines)
    return Section(first.place, (*first.lines, *[""] * gap, *second.lines), whole=False)


def _length(section: Section) -> int:
    return sum(len(line) + 1 for line in section.lines)


def _pieces(section: Section) -> Iterator[_Piece]:
    """The lines, those too long cut at sentences and, where that does not do, anywhere."""
    for number, line in enumerate(section.lines):
        place = section.place.first_line + number
        if len(line) <= LONGEST:
            yield _Piece(line, place)
            continue
        for sentence in _SENTENCE.split(line):
            for start in range(0, len(sentence), LONGEST):
                yield _Piece(sentence[start : start + LONGEST], place)


def _parts(pieces: list[_Piece]) -> Iterator[list[_Piece]]:
    part: list[_Piece] = []
    length = 0
    for piece in pieces:
        if part and length + len(piece.text) > LONGEST:
            yield part
            part = _overlap(part)
            length = sum(len(each.text) + 1 for each in part)
        part.append(piece)
        length += len(piece.text) + 1
    if part:
        yield part


def _overlap(part: list[_Piece]) -> list[_Piece]:
    kept: list[_Piece] = []
    length = 0
    for piece in reversed(part):
        length += len(piece.text) + 1
        if length > OVERLAP:
            break
        kept.insert(0, piece)
    return kept


def _joined(part: list[_Piece]) -> Iterator[str]:
    """The lines without empty ones at the ends, and never two of them in a row."""
    before = ""
    texts = [each.text for each in part]
    while texts and not texts[-1]:
        texts.pop()
    for text in texts:
        if text or before:
            yield text
        before = text


def _place(section: Section, part: list[_Piece]) -> Place:
    if not section.place.first_line:
        return section.place
    if section.place.last_line:
        # The reader knows the lines of the whole better than they can be counted in what it made of them.
        return section.place
    filled = [each.line for each in part if each.text] or [section.place.first_line]
    return replace(section.place, first_line=filled[0], last_line=filled[-1])
