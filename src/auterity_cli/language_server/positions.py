"""Between code point offsets, in which findings count, and the lines and code units of an editor."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from lsprotocol.types import Position, PositionEncodingKind, Range

_LINE_END = re.compile(r"\r\n?|\n")
_BOM = "\ufeff"


def _units_utf16(character: str) -> int:
    return 2 if ord(character) > 0xFFFF else 1


def _units_utf8(character: str) -> int:
    number = ord(character)
    return 1 if number < 0x80 else 2 if number < 0x800 else 3 if number < 0x10000 else 4


_UNITS = {
    PositionEncodingKind.Utf8: _units_utf8,
    PositionEncodingKind.Utf16: _units_utf16,
}


class Lines:
    """A text by lines, as an editor counts them. Offsets count code points behind a leading byte order mark.

    `encoding` is the unit in which the editor counts columns: UTF-16 unless another was agreed on.
    """

    def __init__(self, text: str, encoding: str = PositionEncodingKind.Utf16) -> None:
        self.text = text.removeprefix(_BOM)
        self.encoding = encoding
        self._mark = len(text) - len(self.text)
        self._units = _UNITS.get(PositionEncodingKind(encoding))

    @cached_property
    def starts(self) -> list[int]:
        """The offset of each line's first character."""
        return [0, *(found.end() for found in _LINE_END.finditer(self.text))]

    def position(self, offset: int) -> Position:
        """The editor's position of an offset; one outside of the text is moved to its nearest end."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self.starts, offset) - 1
        return Position(
            line, self._width(self.text[self.starts[line] : offset]) + self._shift(line)
        )

    def range(self, start: int, end: int) -> Range:
        """The editor's range of a stretch."""
        return Range(self.position(start), self.position(end))

    def offset(self, position: Position) -> int:
        """The offset of an editor's position. What lies behind a line's end, or inside of a character, is
        moved back to it."""
        if position.line >= len(self.starts):
            return len(self.text)
        line = max(position.line, 0)
        start, end = self.starts[line], self.line_end(line)
        wanted = position.character - self._shift(line)
        if self._units is None:
            return min(start + max(wanted, 0), end)
        for at in range(start, end):
            wanted -= self._units(self.text[at])
            if wanted < 0:
                return at
        return end

    def line_of(self, offset: int) -> int:
        """The number (from 0) of the line that an offset is in."""
        return bisect_right(self.starts, offset) - 1

    def line_end(self, line: int) -> int:
        """The offset behind a line's last character, before its line end."""
        end = self.starts[line + 1] if line + 1 < len(self.starts) else len(self.text)
        while end > self.starts[line] and self.text[end - 1] in "\r\n":
            end -= 1
        return end

    def _width(self, text: str) -> int:
        return len(text) if self._units is None or text.isascii() else sum(map(self._units, text))

    def _shift(self, line: int) -> int:
        """What a byte order mark takes, which an editor may count as a character of the first line."""
        if not self._mark or line:
            return 0
        return 1 if self._units is None else self._units(_BOM)
