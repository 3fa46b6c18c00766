"""What a check says: a finding with a symbolic place, made into line and column once, at the edge."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal, Protocol

from msgspec import Struct, field

Part = Literal["key", "value"]

Path = tuple[str | int, ...]
"""Where a value stands in a workflow's data: `("steps", "text", "with", "to")`. The same tuple as Pydantic's `loc`."""


class Severity(StrEnum):
    """How grave a finding is. Only `error` stops a run."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Span(Struct, frozen=True):
    """A stretch of a file. Lines and columns count from 1, in code points; the end is exclusive.

    `start` and `end` are code point offsets into the text (a leading byte order mark not counted).
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    start: int = 0
    end: int = 0


class Location(Struct, frozen=True):
    """A symbolic place: the key or the value at `path`, or a `fragment` of a text value.

    `fragment` holds code point offsets (start, end exclusive) into the *decoded* text value.
    `span` is set instead where no data exists (a syntax error). `label` is shown under the carets.
    """

    path: Path = ()
    part: Part = "value"
    fragment: tuple[int, int] | None = None
    label: str = ""
    span: Span | None = None


class Edit(Struct, frozen=True):
    """Replace what stands at `location` by `text`.

    At a whole key or value `text` is the new text itself, and is quoted as the file needs it; an empty one
    removes the entry, with what parts it from its neighbours. At a fragment or a span it is put in as it is.
    """

    location: Location
    text: str


class Fix(Struct, frozen=True):
    """A proposed change. A `safe` one keeps the meaning of every file that is right."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False


class Diagnostic(Struct, frozen=True):
    """One finding of one rule.

    `code` (`AUT304`) and `name` (`unreachable-step`) are stable. `message` states the fact, lower case,
    without a full stop; `help` proposes what to do; `related` are places that explain it. `trace` are the
    steps of a counter-example, in order, each with its label.
    """

    code: str
    name: str
    severity: Severity
    message: str
    location: Location
    related: tuple[Location, ...] = ()
    notes: tuple[str, ...] = ()
    help: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = field(default=())
    trace: tuple[Location, ...] = ()


class SourceMap(Protocol):
    """Knows where the parts of one workflow's data stand in a file."""

    @property
    def file(self) -> str:
        """The file's path as the user gave it."""
        ...

    def span(self, location: Location) -> Span:
        """The place of `location`. A path that is not in the file gives its nearest ancestor's key."""
        ...

    def line(self, number: int) -> str:
        """The text of a line (from 1), without its end; empty where there is none."""
        ...


class Suppressed(Struct, frozen=True):
    """A finding that a comment in the file allows, and the reason that stands there."""

    diagnostic: Diagnostic
    reason: str


class Unbounded(Struct, frozen=True):
    """What can cost any amount, and why."""

    at: Location
    why: str


class WorstCase(Struct, frozen=True):
    """What one run can cost at the most, in billionths of a US dollar.

    Nothing bounds what is `unbounded`, and `nano` is of the rest. `way` are the steps of the dearest way, each labelled
    with its share.
    """

    nano: int
    unbounded: tuple[Unbounded, ...] = ()
    way: tuple[Location, ...] = ()


class Report(Struct, frozen=True):
    """All findings on one source, in order of their place, then code; and those that comments allow.

    `worst_case` is None where a run costs nothing, or too little could be read.
    """

    source: SourceMap
    diagnostics: tuple[Diagnostic, ...]
    suppressed: tuple[Suppressed, ...] = ()
    worst_case: WorstCase | None = None

    @property
    def ok(self) -> bool:
        """No finding is an error."""
        return not any(d.severity is Severity.ERROR for d in self.diagnostics)


def sorted_by_place(source: SourceMap, found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings without repeats, by line, column, code and message: never by hash order."""

    def place(diagnostic: Diagnostic) -> tuple[int, int, str, str]:
        span = source.span(diagnostic.location)
        return (span.line, span.column, diagnostic.code, diagnostic.message)

    return tuple(sorted(dict.fromkeys(found), key=place))
