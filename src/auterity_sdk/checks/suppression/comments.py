"""`# auterity: allow RULE[, RULE] reason="…" until=YYYY-MM-DD`, as it stands in a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Protocol, runtime_checkable

from msgspec import Struct

from auterity_sdk.diagnostics import Location, SourceMap, Span

FORM = '`# auterity: allow RULE reason="…" until=YYYY-MM-DD`'
_OURS = re.compile(r"#\s*auterity\s*:\s*(?P<rest>.*)")
_ALLOW = re.compile(
    r"allow\s+(?P<rules>[\w-]+(?:\s*,\s*[\w-]+)*)(?P<options>(?:\s+\w+=(?:\"[^\"]*\"|[^\s\"]+))*)\s*"
)
_OPTION = re.compile(r"(\w+)=(?:\"([^\"]*)\"|(\S+))")
_MOST_LINES_BETWEEN = 20
_MOST_COMMENTS = 5_000
_MOST_RULES = 20
"""Of one comment. The bounds keep a file that is full of comments from taking long."""


@runtime_checkable
class HasComments(Protocol):
    """A source that knows its comments: each with its line (from 1), its text from the `#`, and its offset."""

    @property
    def comments(self) -> Iterable[tuple[int, str, int]]:
        """All comments, in order."""
        ...


class Allowance(Struct, frozen=True):
    """One comment. `line` is the one that it speaks for; `problem` says why it has no effect."""

    rules: tuple[str, ...]
    reason: str
    until: date | None
    place: Location
    line: int
    problem: str = ""


def allowances(source: SourceMap) -> Iterator[Allowance]:
    """The comments of a source that are meant for the check."""
    if not isinstance(source, HasComments):
        return
    ours = ((comment, found) for comment in source.comments if (found := _OURS.match(comment[1])))
    for (line, text, offset), found in islice(ours, _MOST_COMMENTS):
        column = len(source.line(line)) - len(text) + 1
        end = column + len(text)
        span = Span(source.file, line, column, line, end, offset, offset + len(text))
        speaks_for = line if source.line(line)[: column - 1].strip() else _next(source, line)
        yield _read(found["rest"], Location(span=span), speaks_for)


def _read(rest: str, place: Location, line: int) -> Allowance:
    found = _ALLOW.fullmatch(rest)
    if found is None:
        return Allowance((), "", None, place, line, f"the form is {FORM}")
    options = {name: quoted or plain for name, quoted, plain in _OPTION.findall(found["options"])}
    rules = tuple(re.split(r"\s*,\s*", found["rules"]))
    reason, until = options.pop("reason", "").strip(), _date(options.pop("until", ""))
    problem = ""
    if len(rules) > _MOST_RULES:
        problem = f"it names more than {_MOST_RULES} rules"
    elif options:
        problem = f"`{next(iter(options))}` is not known here: the form is {FORM}"
    elif until is None:
        problem = "it has no day on which it ends: write `until=YYYY-MM-DD`"
    return Allowance(rules, reason, until, place, line, problem)


def _date(text: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _next(source: SourceMap, line: int) -> int:
    """The line that a comment on a line of its own stands above."""
    for number in range(line + 1, line + _MOST_LINES_BETWEEN):
        text = source.line(number).strip()
        if text and not text.startswith("#"):
            return number
    return line
