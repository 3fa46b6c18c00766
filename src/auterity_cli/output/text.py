"""Findings as a good compiler shows them: the fact, the line with carets, notes, and help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from auterity_cli.output.printable import printable
from auterity_sdk.diagnostics import Diagnostic, Location, Report, Severity, SourceMap, Span

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan"}
_RULER = "blue"
_WIDEST = 160
_LONGEST_TRACE = 30


def findings(report: Report) -> Iterator[Text]:
    """The lines of each finding of a report, an empty one after each."""
    for diagnostic in report.diagnostics:
        yield from _finding(report.source, diagnostic)
        yield Text()


def _finding(source: SourceMap, diagnostic: Diagnostic) -> Iterator[Text]:
    head = f"{diagnostic.severity.value}[{diagnostic.code} {diagnostic.name}]"
    yield Text.assemble(
        (head, _STYLES[diagnostic.severity]), (f": {printable(diagnostic.message)}", "bold")
    )
    span = source.span(diagnostic.location)
    places = [(diagnostic.location, span, True)]
    places += [(place, source.span(place), False) for place in diagnostic.related]
    places.sort(key=lambda place: (place[1].line, place[1].column))
    margin = len(str(max(place[1].line for place in places)))
    yield Text.assemble((" " * margin + "--> ", _RULER), f"{span.file}:{span.line}:{span.column}")
    yield from _excerpt(source, places, margin, _STYLES[diagnostic.severity])
    yield from _remarks(source, diagnostic, margin)


def _excerpt(
    source: SourceMap,
    places: Sequence[tuple[Location, Span, bool]],
    margin: int,
    style: str,
) -> Iterator[Text]:
    yield Text(" " * margin + " |", _RULER)
    before: int | None = None
    for location, span, primary in places:
        if before is not None and span.line > before + 1:
            yield Text("...", _RULER)
        shown, column, width = _window(source.line(span.line), span)
        if span.line != before:
            yield Text.assemble((f"{span.line:>{margin}} | ", _RULER), shown)
        before = span.line
        mark = ("^" if primary else "-") * width
        label = f" {printable(location.label)}" if location.label else ""
        yield Text.assemble(
            (" " * margin + " | ", _RULER),
            " " * column,
            (mark + label, style if primary else _RULER),
        )


def _window(line: str, span: Span) -> tuple[str, int, int]:
    """The line as shown, and where the mark begins and how wide it is, in cells of a terminal."""
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    first = 0 if len(line) <= _WIDEST else max(0, start - 40)
    last = min(len(line), first + _WIDEST)
    shown = _flat(line[first:last])
    ahead = "…" if first else ""
    column = cell_len(ahead + _flat(line[first:start]))
    width = cell_len(_flat(line[start : min(end, last)]))
    return ahead + shown + ("…" if last < len(line) else ""), column, max(1, width)


def _flat(text: str) -> str:
    return printable(text.replace("\t", "    "))


def _remarks(source: SourceMap, diagnostic: Diagnostic, margin: int) -> Iterator[Text]:
    # Steps that are related places, too, are shown with their lines.
    is_shown = set(diagnostic.trace) <= set(diagnostic.related)
    remarks = [] if is_shown else [("trace", _trace(source, diagnostic.trace))]
    remarks += [("note", note) for note in diagnostic.notes]
    remarks += [("help", text) for text in diagnostic.help]
    if not diagnostic.help:
        remarks += [("help", fix.title) for fix in diagnostic.fixes]
    remarks.append(("docs", f"auterity explain {diagnostic.code}"))
    for word, text in remarks:
        lines = printable(text).split("\n")
        indent = "\n" + " " * (margin + 5 + len(word))
        yield Text.assemble(
            (" " * margin + " = ", _RULER), (f"{word}: ", "bold"), indent.join(lines)
        )


def _trace(source: SourceMap, steps: Sequence[Location]) -> str:
    """The steps of a counter-example, a line each."""
    shown = [
        f"{number}. {step.label} (line {source.span(step).line})"
        for number, step in enumerate(steps[:_LONGEST_TRACE], 1)
    ]
    more = len(steps) - len(shown)
    return "\n".join([*shown, f"… and {more} more"] if more else shown)
