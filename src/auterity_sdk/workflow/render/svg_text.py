"""Text in a picture: how wide it is, where it is cut, and written so that it can be nothing but text."""

from __future__ import annotations

import re
from html import escape
from unicodedata import combining, east_asian_width

LONGEST = 36
_EM = 0.61
"""The width of a letter of a monospaced font, in parts of its size; wide ones take two."""

_HIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]+"
)


def cut(text: str) -> str:
    """The text on one line, without hidden characters, cut with `…` where it is too long."""
    flat = " ".join(_HIDDEN.sub(" ", text).split())
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1] + "…"


def width(text: str, size: float) -> float:
    """How wide a text is at a size of font, in pixels."""
    return sum(map(_cells, text)) * size * _EM


def safe(text: str) -> str:
    """The text as it may stand in SVG, between tags or in an attribute."""
    return escape(_HIDDEN.sub(" ", text), quote=True)


def _cells(letter: str) -> int:
    if combining(letter):
        return 0
    return 2 if east_asian_width(letter) in "WF" else 1
