"""A piece of decoded text with its place in the source."""

from __future__ import annotations

from typing import NamedTuple


class Piece(NamedTuple):
    """A decoded character and the stretch of source (end exclusive) that it came from."""

    text: str
    start: int
    end: int
