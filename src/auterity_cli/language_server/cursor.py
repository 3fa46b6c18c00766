"""What the cursor is in: a key or a value, and where that stands in the workflow."""

from __future__ import annotations

import re

from msgspec import Struct

from auterity_cli.language_server.flow import flow_place
from auterity_cli.language_server.outline import Entry, Outline
from auterity_sdk.diagnostics import Path

_COMMENT = re.compile(r"(?:^|[ \t])#")


class Cursor(Struct, frozen=True):
    """A place in the text. For a key, `path` is that of the mapping it stands in; for a value, its own.

    `start` and `end` bound the key or the value. `keys` are the keys beside it. `loose`: a value that may
    as well be the beginning of a key below `path`.
    """

    text: str
    offset: int
    path: Path
    is_key: bool
    start: int
    end: int
    keys: tuple[str, ...] = ()
    loose: bool = False

    @property
    def before(self) -> str:
        """The key or value up to the cursor."""
        return self.text[self.start : self.offset]

    @property
    def whole(self) -> str:
        """All of the key or value, as it is written."""
        return self.text[self.start : self.end]

    @property
    def key(self) -> str:
        """The key's name, without quotes."""
        return self.whole.strip().strip("\"'")


def cursor_at(outline: Outline, offset: int) -> Cursor | None:
    """What stands at an offset; None in a comment."""
    entry = outline.before(offset)
    named = bool(entry.path) and isinstance(entry.path[-1], str)
    if named and entry.key[0] <= offset <= entry.key[1]:
        container = entry.path[:-1]
        return Cursor(
            outline.lines.text, offset, container, True, *entry.key, outline.keys(container)
        )
    if entry.filled and entry.value[0] <= offset <= entry.value[1]:
        return _in_value(outline, entry, offset)
    return _on_open_line(outline, entry, offset)


def _in_value(outline: Outline, entry: Entry, offset: int) -> Cursor | None:
    text = outline.lines.text
    start, end = entry.value
    if text[start] in "{[":
        place = flow_place(text, start, offset, end)
        if place is None:
            return None
        path = (*entry.path, *place.path)
        return Cursor(text, offset, path, place.is_key, place.start, place.end, place.keys)
    if text[start] not in "\"'|>":
        line = outline.lines.starts[outline.lines.line_of(offset)]
        if _COMMENT.search(text, max(start, line), offset):
            return None
        comment = _COMMENT.search(text, start, end)
        end = comment.start() if comment else end
    return Cursor(text, offset, entry.path, False, start, max(end, offset), loose=entry.loose)


def _on_open_line(outline: Outline, entry: Entry, offset: int) -> Cursor | None:
    """Behind a key without a value, or on a line that is no key yet."""
    lines, text = outline.lines, outline.lines.text
    line = lines.line_of(offset)
    start, end = lines.starts[line], lines.line_end(line)
    if _COMMENT.search(text, start, offset):
        return None
    if entry.path and start <= entry.key[0] < offset:
        begin = min(entry.value[0], offset)
        return Cursor(text, offset, entry.path, False, begin, offset, loose=True)
    word = end - len(text[start:end].lstrip())
    word = min(word, offset)
    parent = outline.above(line, word - start)
    if parent.filled:
        return Cursor(text, offset, parent.path, False, word, max(end, offset))
    return Cursor(
        text, offset, parent.path, True, word, max(end, offset), outline.keys(parent.path)
    )
