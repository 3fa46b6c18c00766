"""The parts of a text that have been read, so that none is read twice."""

from __future__ import annotations

import re
from collections.abc import Iterable


class Taken:
    """Asking and adding take as long as the part is, however many there are."""

    def __init__(self, text: str, spans: Iterable[tuple[int, int]] = ()) -> None:
        self._marks = bytearray(len(text))
        for span in spans:
            self.add(span)

    def add(self, span: tuple[int, int]) -> None:
        """This part is read."""
        start, end = span
        self._marks[start:end] = b"\1" * (end - start)

    def overlaps(self, match: re.Match[str]) -> bool:
        """Whether a part of the match is read already."""
        return self.within(match.start(), match.end())

    def within(self, start: int, end: int) -> bool:
        """Whether a part between two places is read already."""
        return any(self._marks[start:end])
