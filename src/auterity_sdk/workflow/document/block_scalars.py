"""Literal (`|`) and folded (`>`) block scalars, decoded with the place of every character."""

from __future__ import annotations

import re
from typing import NamedTuple

from auterity_sdk.workflow.document.pieces import Piece

_HEADER = re.compile(r"(?P<style>[|>])(?P<marks>[-+1-9]*)[^\r\n]*(?:\r\n?|\n|\Z)")
_LINE = re.compile(r"(?P<content>[^\r\n]*)(?P<end>\r\n?|\n|\Z)")


class _Line(NamedTuple):
    """A line of content behind its indentation; `end` is empty on a last line without line end."""

    content: list[Piece]
    end: list[Piece]

    @property
    def is_more_indented(self) -> bool:
        return bool(self.content) and self.content[0].text in " \t"


def decode_block(text: str, start: int, end: int, decoded: str) -> list[Piece]:
    """The pieces of the block scalar in `text[start:end]`, which says `decoded`."""
    header = _HEADER.match(text, start, end)
    if header is None:
        return []
    rows = [
        (row.start(), row.end("content"), row.end())
        for row in _LINE.finditer(text, header.end(), end)
    ]
    width = _indentation([text[first:last] for first, last, _ in rows], decoded)
    lines = [_line(text, row, width) for row in rows if row[0] < row[2]]
    return _decoded(lines, header["marks"], folded=header["style"] == ">")


def _indentation(lines: list[str], decoded: str) -> int:
    """How far the content is indented.

    A width in the header counts from the parent, which the scalar's text does not tell; so it is
    measured: what the first text line has lost by decoding.
    """
    return max(0, _first_width(lines) - _first_width(decoded.split("\n")))


def _first_width(lines: list[str]) -> int:
    for line in lines:
        if line.strip(" "):
            return len(line) - len(line.lstrip(" "))
    return max(map(len, lines), default=0)


def _line(text: str, row: tuple[int, int, int], width: int) -> _Line:
    first, last, stop = row
    content = [Piece(text[at], at, at + 1) for at in range(min(first + width, last), last)]
    return _Line(content, [Piece("\n", last, stop)] if last < stop else [])


def _decoded(lines: list[_Line], marks: str, *, folded: bool) -> list[Piece]:
    blank_tail = len(lines)
    while blank_tail and not lines[blank_tail - 1].content:
        blank_tail -= 1
    pieces: list[Piece] = []
    pending: list[Piece] = []
    before: _Line | None = None
    for line in lines[:blank_tail]:
        if line.content:
            pieces += _joined(pending, before, line) if folded else pending
            pieces += line.content
            pending, before = [], line
        pending += line.end
    if "-" in marks:
        return pieces
    tail = [piece for line in lines[blank_tail:] for piece in line.end]
    return pieces + pending + (tail if "+" in marks else [])


def _joined(pending: list[Piece], before: _Line | None, line: _Line) -> list[Piece]:
    """The line ends between two text lines, folded unless one of them is indented further."""
    if before is None or line.is_more_indented or before.is_more_indented:
        return pending
    if len(pending) == 1:
        return [pending[0]._replace(text=" ")]
    return pending[1:]
