"""The keys of a YAML text by its lines and their indentation: an outline that a half-typed text has too."""

from __future__ import annotations

import re
from bisect import bisect_right

from msgspec import Struct, field

from auterity_cli.language_server.positions import Lines
from auterity_sdk.diagnostics import Path
from auterity_sdk.workflow.document.nodes import MAX_DEPTH

# Each of these reads a line once, whatever stands in it.
_KEY = re.compile(
    r"(?P<key>\"(?:[^\"\\\n]|\\.)*\"[ \t]*|'[^'\n]*'[ \t]*|[^\s#\-?,\[\]{}&*!|>%@`\"':][^:#\r\n]*):(?=\s|\Z)"
)
_DASH = re.compile(r"-(?=\s|\Z)[ \t]*")
_BLANK = re.compile(r"[ \t]*")
_NOTHING = re.compile(r"[ \t]*(?:[&!]\S*(?:[ \t]+|\Z))*(?:#.*)?\Z")


class Entry(Struct):
    """A key or an item of a list. `key` is the key's stretch (the dash of an item), `value` that of what
    follows, over all lines that belong to it. `filled`: a value stands there; `loose`: on a line of its own,
    so that it may also be a key below this one, half typed."""

    path: Path
    indent: int
    key: tuple[int, int]
    value: tuple[int, int]
    filled: bool
    loose: bool = False
    children: list[Entry] = field(default_factory=list)

    @property
    def end(self) -> int:
        """The offset behind the last thing in it."""
        return max(self.value[1], self.children[-1].end if self.children else 0)


class Outline:
    """The entries of a text, in its order."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.root = Entry((), -1, (0, 0), (0, 0), filled=False)
        self.entries: list[Entry] = []
        self._by_path: dict[Path, Entry] = {(): self.root}
        self._open = [self.root]
        for line, start in enumerate(lines.starts):
            self._take(start, lines.line_end(line))

    def find(self, path: Path) -> Entry | None:
        """The entry at a path, the first where there are several."""
        return self._by_path.get(path)

    def keys(self, path: Path) -> tuple[str, ...]:
        """The keys that stand directly below a path."""
        entry = self.find(path)
        names = (child.path[-1] for child in entry.children) if entry else ()
        return tuple(name for name in names if isinstance(name, str))

    def before(self, offset: int) -> Entry:
        """The last entry whose key begins at or before an offset; the root if there is none."""
        count = bisect_right(self.entries, offset, key=lambda entry: entry.key[0])
        return self.entries[count - 1] if count else self.root

    def above(self, line: int, column: int) -> Entry:
        """The entry in which a new key at a column of a line would stand."""
        found = self.before(self.lines.starts[line] - 1)
        while found.indent >= column and found.path:
            found = self._by_path[found.path[:-1]]
        return found

    def is_beside_key(self, path: Path, offset: int) -> bool:
        """The offset is on the line of the key (or dash) at `path`, and no key can begin there."""
        entry = self.find(path)
        if entry is None or not isinstance(path[-1], str):
            return False
        return self.lines.line_of(entry.key[0]) == self.lines.line_of(offset)

    def _take(self, start: int, end: int) -> None:
        text = self.lines.text
        at = _end(_BLANK, text, start, end)
        indent, top = at - start, self._open[-1]
        if at == end or (text[at] == "#" and not top.filled):
            return
        if top.filled and indent > top.indent:
            if not (top.loose and _KEY.match(text, at, end)):
                top.value = (top.value[0], end)
                return
            top.filled = top.loose = False
        if indent == 0 and text.startswith(("---", "...", "%"), at):
            return
        self._close(indent, is_item=_DASH.match(text, at, end) is not None)
        self._read(at, indent, end)

    def _close(self, indent: int, *, is_item: bool) -> None:
        """Leave the entries that a line of that indentation cannot be in."""
        while self._open[-1].indent >= indent:
            top = self._open[-1]
            # The items of a list may stand right under its key.
            if is_item and top.indent == indent and isinstance(top.path[-1], str):
                return
            self._open.pop()

    def _read(self, at: int, indent: int, end: int) -> None:
        """Read dashes, and a key or a value, from a line."""
        text = self.lines.text
        while len(self._open) <= MAX_DEPTH and (dash := _DASH.match(text, at, end)):
            self._add(len(self._open[-1].children), indent, (at, at + 1), (dash.end(), end))
            indent += dash.end() - at
            at = dash.end()
        top = self._open[-1]
        found = _KEY.match(text, at, end) if len(self._open) <= MAX_DEPTH else None
        if found:
            top.filled = False
            key = found["key"].rstrip()
            name = key.strip("\"'") if key[0] in "\"'" else key
            value = _end(_BLANK, text, found.end(), end)
            self._add(name, indent, (at, at + len(key)), (value, end))
        elif at < end and not top.filled and not top.children and (top.path or text[at] in "{["):
            top.value, top.filled = (at, end), True
            top.loose = text[at] not in "{[\"'|>"

    def _add(
        self, name: str | int, indent: int, key: tuple[int, int], value: tuple[int, int]
    ) -> None:
        parent = self._open[-1]
        filled = _NOTHING.fullmatch(self.lines.text[value[0] : value[1]]) is None
        entry = Entry((*parent.path, name), indent, key, value, filled)
        parent.children.append(entry)
        self.entries.append(entry)
        self._by_path.setdefault(entry.path, entry)
        self._open.append(entry)


def _end(pattern: re.Pattern[str], text: str, start: int, end: int) -> int:
    found = pattern.match(text, start, end)
    return found.end() if found else start
