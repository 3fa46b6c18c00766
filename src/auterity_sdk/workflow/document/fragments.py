"""From a place in a scalar's decoded text back to its place in the file, for each of YAML's styles.

Each style is decoded a second time, keeping for every character the stretch of source it came from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import NamedTuple

from auterity_sdk.workflow.document.block_scalars import decode_block
from auterity_sdk.workflow.document.pieces import Piece

_LONGEST_SCALAR = 200_000
_PROPERTIES = re.compile(r"(?:[!&][^\s]*(?:[ \t]+|\r\n?|\n|#[^\r\n]*)*)*")
_UNIT = re.compile(r"(?P<line_end>\r\n?|\n)|(?P<blank>[ \t])|(?P<character>.)", re.DOTALL)
_SINGLE_QUOTED_UNIT = re.compile(r"(?P<quote>'')|" + _UNIT.pattern, re.DOTALL)
_DOUBLE_QUOTED_UNIT = re.compile(
    r"(?P<joint>\\(?:\r\n?|\n))"
    r"|(?P<pair>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|\\(?:x(?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})|U(?P<U>[0-9a-fA-F]{8})|(?P<letter>.))|"
    + _UNIT.pattern,
    re.DOTALL,
)
_ESCAPED = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r",
    "e": "\x1b", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip


def pieces_of(text: str, start: int, end: int, decoded: str) -> list[Piece] | None:
    """The pieces of the scalar in `text[start:end]`; None should they not spell `decoded`, or be too many."""
    if end - start > _LONGEST_SCALAR:
        return None
    pieces = _decode(text, scalar_start(text, start, end), end, decoded)
    return pieces if "".join(piece.text for piece in pieces) == decoded else None


def scalar_start(text: str, start: int, end: int) -> int:
    """Where a scalar itself starts, behind its tag and anchor."""
    found = _PROPERTIES.match(text, start, end)
    return found.end() if found else start


def _decode(text: str, start: int, end: int, decoded: str) -> list[Piece]:
    match text[start : start + 1] if start < end else "":
        case '"':
            return _fold(_units(_DOUBLE_QUOTED_UNIT, text, start + 1, end - 1))
        case "'":
            return _fold(_units(_SINGLE_QUOTED_UNIT, text, start + 1, end - 1))
        case "|" | ">":
            return decode_block(text, start, end, decoded)
        case _:
            return _fold(_units(_UNIT, text, start, end))


class _Sort(Enum):
    CHARACTER = auto()
    BLANK = auto()
    LINE_END = auto()
    JOINT = auto()
    """An escaped line end: joins two lines without a space."""


class _Unit(NamedTuple):
    sort: _Sort
    piece: Piece


def _units(pattern: re.Pattern[str], text: str, start: int, end: int) -> Iterator[_Unit]:
    for found in pattern.finditer(text, start, end):
        match found.lastgroup:
            case "line_end":
                sort, value = _Sort.LINE_END, "\n"
            case "joint":
                sort, value = _Sort.JOINT, ""
            case "blank":
                sort, value = _Sort.BLANK, found.group()
            case "x" | "u" | "U" as base:
                sort, value = _Sort.CHARACTER, chr(min(int(found.group(base), 16), 0x10FFFF))
            case "pair":
                sort, value = _Sort.CHARACTER, json.loads(f'"{found.group()}"')
            case "letter":
                letter = found.group("letter")
                sort, value = _Sort.CHARACTER, _ESCAPED.get(letter, letter)
            case "quote":
                sort, value = _Sort.CHARACTER, "'"
            case _:
                sort, value = _Sort.CHARACTER, found.group()
        yield _Unit(sort, Piece(value, found.start(), found.end()))


def _fold(units: Iterable[_Unit]) -> list[Piece]:
    """Fold the lines of a plain or quoted scalar: one line end becomes a space, n become n - 1."""
    folded: list[Piece] = []
    blanks: list[Piece] = []
    ends: list[_Unit] = []
    for sort, piece in units:
        match sort:
            case _Sort.BLANK:
                blanks.append(piece)
            case _Sort.LINE_END:
                blanks.clear()
                ends.append(_Unit(sort, piece))
            case _:
                folded += _folded_ends(ends)
                folded += [] if ends else blanks
                blanks.clear()
                ends = [_Unit(sort, piece)] if sort is _Sort.JOINT else []
                folded += [] if ends else [piece]
    folded += _folded_ends(ends)
    return folded + ([] if ends else blanks)


def _folded_ends(ends: list[_Unit]) -> list[Piece]:
    pieces = [piece for _, piece in ends]
    if len(ends) == 1 and ends[0].sort is _Sort.LINE_END:
        return [pieces[0]._replace(text=" ")]
    return pieces[1:]
