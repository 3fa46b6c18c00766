"""Cuts broken markup into its pieces in one pass, in time linear in its length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "tag", "cdata", "comment", "instruction", "declaration"]

LONGEST_TAG = 4_000

_MARKUP = re.compile(r"<!\[CDATA\[|<!--|<[?!][^<>]*>|</?[A-Za-z_][^<>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the document. `source` is as written; `content` what is inside its delimiters."""

    kind: Kind
    source: str
    content: str
    line: int


def tokens(text: str, first_line: int = 1) -> Iterator[Token]:
    """The pieces of `text`, in order; joined, their sources are `text`."""
    position, line = 0, first_line
    unclosed: set[str] = set()
    while found := _MARKUP.search(text, position):
        token, end = _token(text, found, unclosed)
        before = text[position : found.start()]
        if before:
            yield Token("text", before, before, line)
        line += before.count("\n")
        yield Token(token[0], text[found.start() : end], token[1], line)
        line += text.count("\n", found.start(), end)
        position = end
    if position < len(text):
        yield Token("text", text[position:], text[position:], line)


def _token(text: str, found: re.Match[str], unclosed: set[str]) -> tuple[tuple[Kind, str], int]:
    source = found[0]
    if source == "<!--":
        return _until(text, found, "-->", "comment", unclosed)
    if source.startswith("<!["):
        return _until(text, found, "]]>", "cdata", unclosed)
    if source.startswith("<?"):
        return ("instruction", source[2:-1].removesuffix("?")), found.end()
    if source.startswith("<!"):
        return ("declaration", source[2:-1]), found.end()
    kind: Kind = "tag" if len(source) <= LONGEST_TAG else "text"
    return (kind, source[1:-1] if kind == "tag" else source), found.end()


def _until(
    text: str, found: re.Match[str], closing: str, kind: Kind, unclosed: set[str]
) -> tuple[tuple[Kind, str], int]:
    """Up to `closing`. One that never closes is text; that is looked for once, not once for each opening."""
    end = -1 if closing in unclosed else text.find(closing, found.end())
    if end < 0:
        unclosed.add(closing)
        return ("text", found[0]), found.end()
    return (kind, text[found.end() : end]), end + len(closing)
