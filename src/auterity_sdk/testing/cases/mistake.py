"""What is wrong in a test file, with its place."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from auterity_sdk.diagnostics import Location, SourceMap
from auterity_sdk.errors import UsageError


class Mistake(Struct, frozen=True):
    """One thing, and what to do about it."""

    message: str
    at: Location
    help: str = ""


class InvalidTests(UsageError):
    """A test file cannot be played. Its text has a line for each mistake, with file, line and column."""

    def __init__(self, source: SourceMap, mistakes: Iterable[Mistake]) -> None:
        self.source = source
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self._line(mistake) for mistake in self.mistakes))

    def place(self, mistake: Mistake) -> tuple[int, int]:
        """Line and column, from 1."""
        span = self.source.span(mistake.at)
        return span.line, span.column

    def _line(self, mistake: Mistake) -> str:
        line, column = self.place(mistake)
        hint = f" ({mistake.help})" if mistake.help else ""
        return f"{self.source.file}:{line}:{column}: {mistake.message}{hint}"
