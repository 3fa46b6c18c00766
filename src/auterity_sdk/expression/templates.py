"""Texts with `${…}` in them: where each expression begins and ends, and what stands between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

from auterity_sdk.expression.lexical import closing
from auterity_sdk.expression.problem import Problem

REMEMBERED_LENGTH = 500
"""Code points of the longest text whose parts are kept for the next who asks."""


class Literal(Struct, frozen=True):
    """Text that stands for itself; `text` has `$${` already read as `${`."""

    text: str
    start: int
    end: int


class Hole(Struct, frozen=True):
    """An expression inside `${…}`. `start` and `end` are those of the expression alone."""

    expression: str
    start: int
    end: int


Part = Literal | Hole


class Template(Struct, frozen=True):
    """A text value read into parts. Offsets are code points in the decoded text, end exclusive."""

    text: str
    parts: tuple[Part, ...]

    @property
    def holes(self) -> tuple[Hole, ...]:
        """The expressions, in order."""
        return tuple(part for part in self.parts if isinstance(part, Hole))

    @property
    def alone(self) -> Hole | None:
        """The one expression that is the whole text, whose value keeps its type."""
        only = self.parts[0] if len(self.parts) == 1 else None
        return only if isinstance(only, Hole) else None


def parse_template(text: str) -> Template | Problem:
    """The parts of a text value; a `${` that is not closed is a problem at its place."""
    return _remembered(text) if len(text) <= REMEMBERED_LENGTH else _parsed(text)


@lru_cache(maxsize=4096)
def _remembered(text: str) -> Template | Problem:
    return _parsed(text)


def _parsed(text: str) -> Template | Problem:
    parts: list[Part] = []
    literal: list[str] = []
    start = at = 0

    def flush(end: int) -> None:
        if literal:
            parts.append(Literal("".join(literal), start, end))
            literal.clear()

    while at < len(text):
        opening = text.find("${", at)
        if opening < 0:
            literal.append(text[at:])
            break
        if opening > at and text[opening - 1] == "$":
            literal.append(text[at : opening - 1] + "${")
            at = opening + 2
            continue
        if opening > at:
            literal.append(text[at:opening])
        flush(opening)
        end = closing(text, opening + 1)
        if end is None:
            return _unclosed(text, opening)
        parts.append(Hole(text[opening + 2 : end], opening + 2, end))
        start = at = end + 1
    flush(len(text))
    return Template(text, tuple(parts))


def _unclosed(text: str, at: int) -> Problem:
    hint = "close it with `}`, or write `$${` for the two characters"
    return Problem("syntax", "`${` is not closed", at, min(at + 2, len(text)), hint)


class TextValue(Struct, frozen=True):
    """A text inside nested data: the path of what holds it from the data's root, and its key in there."""

    around: tuple[str | int, ...]
    key: str | int
    text: str

    @property
    def path(self) -> tuple[str | int, ...]:
        """The text's own path."""
        return (*self.around, self.key)


def texts_in(data: Mapping[str, Any]) -> Iterator[TextValue]:
    """All text values in nested dicts and lists, in no order; keys are not searched."""
    # A large workflow holds tens of thousands: a path of its own is made of what is found only.
    pending: list[tuple[tuple[str | int, ...], Any]] = [((), data)]
    while pending:
        here, holder = pending.pop()
        for key, value in holder.items() if isinstance(holder, Mapping) else enumerate(holder):
            if isinstance(value, str):
                yield TextValue(here, key, value)
            elif isinstance(value, Mapping | Sequence):
                pending.append(((*here, key), value))
