"""A passage of a document, and where it stands."""

from __future__ import annotations

from msgspec import Struct


class Place(Struct, frozen=True, omit_defaults=True):
    """Where a passage stands in its file: lines (from 1, the last inclusive), a page or a row of a table.

    `headings` are those that it stands under, the outermost first. The row with the names of the columns is row 1.
    """

    headings: tuple[str, ...] = ()
    first_line: int = 0
    last_line: int = 0
    page: int = 0
    row: int = 0

    def __str__(self) -> str:
        if self.page:
            spot = f"page {self.page}"
        elif self.row:
            spot = f"row {self.row}"
        elif self.last_line > self.first_line:
            spot = f"lines {self.first_line}-{self.last_line}"
        else:
            spot = f"line {self.first_line}"
        return ", ".join(filter(None, (" › ".join(self.headings), spot)))


class Passage(Struct, frozen=True):
    """A piece of a document that can be read alone. `file` is its path from the project, with `/`."""

    file: str
    place: Place
    text: str

    @property
    def indexed(self) -> str:
        """What the passage is found by: its headings count as much as its text."""
        return "\n".join([*self.place.headings, self.text])


class Hit(Struct, frozen=True):
    """A passage that was found. `score` orders the hits of one search, and means nothing by itself."""

    passage: Passage
    score: float
