"""Inside brackets (`{key: value}`, `[a, b]`): which key or item a place belongs to, also while they are open."""

from __future__ import annotations

from msgspec import Struct, field

from auterity_sdk.diagnostics import Path
from auterity_sdk.expression.lexical import closing

_CLOSING = {"{": "}", "[": "]"}
_LONGEST = 10_000
"""Code points of the longest expression in brackets that is read to its end."""


class _Level(Struct):
    """An open bracket. `key` is that of a mapping whose value is being read."""

    bracket: str
    index: int = 0
    key: str | None = None
    keys: list[str] = field(default_factory=list)

    @property
    def step(self) -> Path:
        if self.bracket == "[":
            return (self.index,)
        return () if self.key is None else (self.key,)


class FlowPlace(Struct, frozen=True):
    """A place in brackets: `path` is that of the container for a key, of the value itself otherwise."""

    path: Path
    is_key: bool
    start: int
    end: int
    keys: tuple[str, ...]


class _Scan:
    """Reads from the first bracket to the place, keeping what is open."""

    def __init__(self, text: str, start: int, offset: int, end: int) -> None:
        self.text, self.at, self.offset, self.end = text, start, offset, end
        self.levels: list[_Level] = []
        self.start = start

    def run(self) -> None:
        while self.at < self.offset:
            self._step(self.text[self.at])

    def _step(self, letter: str) -> None:
        if letter in "\"'":
            self.start = self.at
            self.at = min(_end_of_quote(self.text, self.at, self.end), self.offset)
        elif letter == "$" and self.text.startswith("${", self.at):
            end = closing(self.text[self.at + 1 : min(self.end, self.at + _LONGEST)], 0)
            self.at = self.offset if end is None else min(self.at + end + 2, self.offset)
        else:
            self.at += 1
            self._sign(letter)

    def _sign(self, letter: str) -> None:
        if letter in _CLOSING:
            self.levels.append(_Level(letter))
        elif not self.levels:
            return
        elif letter == _CLOSING[self.levels[-1].bracket]:
            self.levels.pop()
        elif letter == ",":
            self.levels[-1].index += 1
            self.levels[-1].key = None
        elif letter == ":" and self.levels[-1].bracket == "{" and self._ends_key():
            level = self.levels[-1]
            level.key = self.text[self.start : self.at - 1].strip().strip("\"'")
            level.keys.append(level.key)
        else:
            return
        self.start = self.at

    def _ends_key(self) -> bool:
        level = self.levels[-1]
        behind = self.text[self.at : self.at + 1]
        return level.key is None and (behind.isspace() or behind in ("", *",]}\"'[{"))


def flow_place(text: str, start: int, offset: int, end: int) -> FlowPlace | None:
    """What `offset` is in, of the brackets that begin at `start`; None behind the last of them.

    `end` is where all that can belong to them ends.
    """
    scan = _Scan(text, start, offset, end)
    scan.run()
    if not scan.levels:
        return None
    begin = scan.start
    while begin < offset and text[begin].isspace():
        begin += 1
    level = scan.levels[-1]
    outer = tuple(step for each in scan.levels[:-1] for step in each.step)
    is_key = level.bracket == "{" and level.key is None
    path = outer if is_key else (*outer, *level.step)
    stop = _end_of_value(text, begin, max(offset, begin), end)
    return FlowPlace(path, is_key, begin, stop, tuple(level.keys))


def _end_of_quote(text: str, at: int, end: int) -> int:
    quote, at = text[at], at + 1
    while at < end:
        if text[at] == "\\" and quote == '"':
            at += 2
        elif text[at] == quote:
            return at + 1
        else:
            at += 1
    return end


def _end_of_value(text: str, begin: int, offset: int, end: int) -> int:
    if begin < end and text[begin] in "\"'":
        return max(_end_of_quote(text, begin, end), offset)
    while offset < end and text[offset] not in ",]}\r\n" and not text.startswith(": ", offset):
        offset += 1
    return offset
