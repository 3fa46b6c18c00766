"""HTML: its visible text, a section for each heading."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from auterity_sdk.ai.knowledge.documents.decoding import clean_lines, decoded
from auterity_sdk.ai.knowledge.documents.section import Section, Sections
from auterity_sdk.ai.knowledge.passage import Place

_UNSEEN = frozenset({"script", "style", "template", "noscript", "svg", "nav", "iframe", "object", "select"})  # fmt: skip
_TITLE = "title"
_HEADING = re.compile(r"h([1-6])")
_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption"),
        *("footer", "form", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table"),
        *("tbody", "thead", "tr", "ul", "body"),
    }
)
_CELLS = frozenset({"td", "th"})


def read_html(content: bytes) -> Sections:
    """The sections of an HTML file: scripts, styles and menus are no text of it. Raises `Unreadable`."""
    reader = _Reader()
    reader.feed(decoded(content))
    reader.close()
    reader.end(reader.getpos()[0])
    return reader.sections


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sections: list[Section] = []
        self._headings: list[tuple[int, str]] = []
        self._text: list[str] = []
        self._first = 1
        self._unseen = ""
        self._depth = 0
        self._level = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base's
        """Begin what a tag begins: what is not seen, a heading, a line."""
        if self._unseen:
            self._depth += tag == self._unseen
        elif tag in _UNSEEN or tag == _TITLE:
            self._unseen, self._depth = tag, 1
        elif found := _HEADING.fullmatch(tag):
            self.end(self.getpos()[0])
            self._level = int(found[1])
        elif tag in _BLOCKS:
            self._text.append("\n")
        elif tag in _CELLS:
            self._text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        if self._unseen:
            self._depth -= tag == self._unseen
            self._unseen = self._unseen if self._depth else ""
        elif _HEADING.fullmatch(tag) and self._level:
            self._begin()
        elif tag in _BLOCKS:
            self._text.append("\n")
        elif tag in _CELLS:
            self._text.append(",")

    def handle_data(self, data: str) -> None:
        """Keep the text that is seen; where lines break in the file says nothing."""
        if not self._unseen:
            self._text.append(re.sub(r"\s+", " ", data))

    def end(self, line: int) -> None:
        """Close the section that is open."""
        lines = tuple(filter(None, map(_tidy, clean_lines("".join(self._text)))))
        if lines:
            names = tuple(name for _, name in self._headings)
            self.sections.append(Section(Place(names, self._first, line), lines))
        self._text, self._first = [], line

    def _begin(self) -> None:
        title = " ".join("".join(self._text).split())
        self._headings = [each for each in self._headings if each[0] < self._level]
        self._headings.append((self._level, title))
        self._text, self._level = [], 0


def _tidy(line: str) -> str:
    return " ".join(line.split()).replace(" ,", ",").strip(", ")
