"""Markdown: a section for each heading."""

from __future__ import annotations

import re

from auterity_sdk.ai.knowledge.documents.decoding import clean_lines, decoded
from auterity_sdk.ai.knowledge.documents.section import Section, Sections
from auterity_sdk.ai.knowledge.passage import Place

_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*$")
_UNDERLINE = re.compile(r"(=+|-+)$")
_FENCE = re.compile(r"(```+|~~~+)")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_EMPHASIS = re.compile(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1")
_FRONT_MATTER = "---"


def read_markdown(content: bytes) -> Sections:
    """The sections of a Markdown file; front matter is passed over. Raises `Unreadable`."""
    lines = clean_lines(decoded(content))
    reader = _Reader()
    start = _after_front_matter(lines)
    for number, line in enumerate(lines[start:], start=start + 1):
        reader.line(line, number)
    reader.end()
    return reader.sections


class _Reader:
    def __init__(self) -> None:
        self.sections: list[Section] = []
        self._headings: list[tuple[int, str]] = []
        self._lines: list[str] = []
        self._first = 1
        self._fence = ""

    def line(self, line: str, number: int) -> None:
        fence = _FENCE.match(line)
        if fence and (not self._fence or line.startswith(self._fence)):
            self._fence = "" if self._fence else fence[1]
        heading = None if self._fence else _HEADING.match(line)
        if heading:
            self._begin(len(heading[1]), heading[2], number + 1)
        elif not self._fence and _UNDERLINE.match(line) and self._lines and self._lines[-1]:
            title = self._lines.pop()
            self._begin(1 if line[0] == "=" else 2, title, number + 1)
        else:
            self._lines.append(line if fence or self._fence else _plain(line))

    def end(self) -> None:
        """Close the section that is open."""
        if any(self._lines):
            names = tuple(name for _, name in self._headings)
            self.sections.append(Section(Place(names, self._first), tuple(self._lines)))
        self._lines = []

    def _begin(self, level: int, title: str, first: int) -> None:
        self.end()
        self._headings = [each for each in self._headings if each[0] < level]
        self._headings.append((level, _plain(title)))
        self._first = first


def _plain(line: str) -> str:
    return _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", line))


def _after_front_matter(lines: list[str]) -> int:
    if lines[0] != _FRONT_MATTER or _FRONT_MATTER not in lines[1:]:
        return 0
    return lines.index(_FRONT_MATTER, 1) + 1
