"""The expression under the cursor: its words up to there, and the type of what stands before a dot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from msgspec import Struct

from auterity_cli.language_server.analysis import Analysis
from auterity_cli.language_server.cursor import Cursor
from auterity_cli.language_server.places import Expected, expected_at
from auterity_sdk.diagnostics import Path
from auterity_sdk.expression.engine import Parsed, parse
from auterity_sdk.expression.infer import Inference
from auterity_sdk.expression.lexical import closing
from auterity_sdk.expression.members import loop_type
from auterity_sdk.expression.types import ANY, Type
from auterity_sdk.workflow.scope import Scope

_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<open>[rR]?(?:"(?:[^"\\]|\\.)*|'(?:[^'\\]|\\.)*)\Z)"""
    r"""|(?P<text>[rR]?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'))|(?P<word>[^\W\d]\w*)"""
    r"""|(?P<number>\d[\w.]*)|(?P<dot>\.\s*\??)|(?P<sign>&&|\|\||[=!<>]=|\S)""",
    re.DOTALL,
)
_MACROS = frozenset({"all", "exists", "exists_one", "map", "filter", "optMap", "optFlatMap"})
_OPEN = {")": "(", "]": "["}
_HEADER = re.compile(r"[|>][^\n]*\n?")


class Token(Struct, frozen=True):
    """A piece of an expression. `kind` is `word`, `text`, `open` (text that is not closed), `dot`, …"""

    kind: str
    text: str
    start: int
    end: int


class ExpressionPlace(Struct, frozen=True):
    """The expression around the cursor. `text` begins at offset `start` of the file; `at` is the cursor in it."""

    expected: Expected
    path: Path
    text: str
    start: int
    at: int


def expression_place(cursor: Cursor) -> ExpressionPlace | None:
    """The expression that a value's cursor is in; None outside of one."""
    expected = None if cursor.is_key else expected_at(cursor.path)
    if expected is None:
        return None
    begin, end = _content(cursor)
    if not begin <= cursor.offset <= end:
        return None
    if expected.templated:
        opening = cursor.text.rfind("${", begin, cursor.offset)
        while opening > begin and cursor.text[opening - 1] == "$":
            opening = cursor.text.rfind("${", begin, opening)
        if opening < 0:
            return None
        closed = closing(cursor.text[:end], opening + 1)
        if closed is not None and closed < cursor.offset:
            return None
        begin, end = opening + 2, end if closed is None else closed
    at = cursor.offset - begin
    return ExpressionPlace(expected, cursor.path, cursor.text[begin:end], begin, at)


def _content(cursor: Cursor) -> tuple[int, int]:
    """The stretch of a value without its quotes, or the header of a block."""
    text, start, end = cursor.text, cursor.start, cursor.end
    quote = text[start : start + 1]
    if quote in ("'", '"'):
        closed = end > start + 1 and text[end - 1] == quote
        return start + 1, end - closed
    header = _HEADER.match(text, start, end)
    return (header.end() if header else start), end


def tokens(text: str) -> list[Token]:
    """The pieces of an expression, blanks left out; never fails."""
    found = _TOKEN.finditer(text)
    return [
        Token(each.lastgroup or "", each.group(), each.start(), each.end())
        for each in found
        if each.lastgroup != "space"
    ]


def word_at(pieces: list[Token], at: int) -> int | None:
    """The index of the word that a place in an expression is in, or just behind."""
    found = (index for index, token in enumerate(pieces) if token.start <= at <= token.end)
    return next((index for index in found if pieces[index].kind == "word"), None)


def receiver(pieces: list[Token], dot: int) -> int:
    """The index of the first token of what the dot at an index is applied to."""
    at = dot - 1
    while at >= 0:
        closed = at
        while at >= 0 and pieces[at].text in _OPEN:
            at = _opening(pieces, at) - 1
        if at >= 0 and pieces[at].kind in ("word", "text"):
            at -= 1
        elif at == closed:
            return at + 1
        if at >= 0 and pieces[at].kind == "dot":
            at -= 1
        else:
            return at + 1
    return 0


def _opening(pieces: list[Token], at: int) -> int:
    depth = 0
    for index in range(at, -1, -1):
        depth += (pieces[index].text in _OPEN) - (pieces[index].text in _OPEN.values())
        if not depth:
            return index
    return 0


def scopes_at(analysis: Analysis, place: ExpressionPlace) -> Iterator[Mapping[str, Type]]:
    """The names that the expression may read, with the variables of the macros around the cursor."""
    for subject, graph in analysis.graphs(place.path):
        if subject.scopes is not None:
            scope = subject.scopes.at(graph, place.expected.role)
            yield with_variables(place, scope)


@dataclass(frozen=True, slots=True)
class _WithVariables(Mapping[str, Type]):
    """A scope, and variables that hide its names. Not a dict: a scope makes types when they are asked for."""

    scope: Scope
    bound: dict[str, Type]

    def __getitem__(self, name: str) -> Type:
        return self.bound[name] if name in self.bound else self.scope[name]

    def __iter__(self) -> Iterator[str]:
        yield from self.bound
        yield from self.scope

    def __len__(self) -> int:
        return len(self.bound) + len(self.scope)


def with_variables(place: ExpressionPlace, scope: Scope) -> Mapping[str, Type]:
    """A scope and the variables of the macros that are open at the cursor: `x` in `list.exists(x, …`."""
    pieces = [token for token in tokens(place.text) if token.end <= place.at]
    made = _WithVariables(scope, {})
    for at in _open_macros(pieces):
        text = place.text[pieces[receiver(pieces, at - 2)].start : pieces[at - 2].start]
        made.bound[pieces[at + 1].text] = loop_type(type_of(text, made)) or ANY
    return made


def _open_macros(pieces: list[Token]) -> Iterator[int]:
    """The indices of the brackets of open macro calls, outer first."""
    waiting: list[int] = []
    for index, token in enumerate(pieces):
        if token.text in _OPEN.values():
            waiting.append(index)
        elif token.text in _OPEN and waiting:
            waiting.pop()
    for at in waiting:
        named = at >= 3 and pieces[at - 1].text in _MACROS and pieces[at - 2].kind == "dot"
        bound = at + 2 < len(pieces) and pieces[at + 1].kind == "word"
        if named and bound and pieces[at + 2].text == ",":
            yield at


def type_of(text: str, scope: Mapping[str, Type]) -> Type:
    """The type of an expression; `any` where it cannot be told."""
    parsed = parse(text)
    return Inference(text, scope).infer(parsed.node, {}) if isinstance(parsed, Parsed) else ANY
