"""Where the thing under the cursor is defined."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path as FilePath

from lsprotocol.types import Location, Position, Range

from auterity_cli.language_server.analysis import Analysis
from auterity_cli.language_server.cursor import Cursor
from auterity_cli.language_server.expression_at import ExpressionPlace, expression_place, tokens
from auterity_cli.language_server.places import is_call, is_edge, is_uses
from auterity_sdk.diagnostics import Path
from auterity_sdk.workflow.graph import OUTCOME

FindWorkflow = Callable[[str], FilePath | None]
FindFunction = Callable[[str], Callable[..., object] | None]


def definition(
    analysis: Analysis, offset: int, uri: str, workflow: FindWorkflow, function: FindFunction
) -> Location | None:
    """The place that what stands at an offset names: a step, an input, a workflow's file, a function's line.

    `workflow` finds a workflow's file by name, `function` the code of a step type.
    """
    cursor = analysis.cursor(offset)
    if cursor is None or cursor.is_key:
        return None
    if is_call(cursor.path):
        file = workflow(cursor.key.partition("@")[0])
        return Location(file.as_uri(), _line(0)) if file else None
    if is_uses(cursor.path):
        return _code(function(cursor.key))
    span = _in_file(analysis, cursor)
    return Location(uri, analysis.lines.range(*span)) if span else None


def _in_file(analysis: Analysis, cursor: Cursor) -> tuple[int, int] | None:
    if is_edge(cursor.path):
        return _step(analysis, cursor.path, cursor.key.partition(".")[0])
    place = expression_place(cursor)
    return _of_expression(analysis, place) if place else None


def _of_expression(analysis: Analysis, place: ExpressionPlace) -> tuple[int, int] | None:
    """The step or input that the chain of names under the cursor begins with."""
    pieces = tokens(place.text)
    at = next(
        (i for i, t in enumerate(pieces) if t.start <= place.at <= t.end and t.kind == "word"), None
    )
    if at is None:
        return None
    first = at
    while first >= 2 and pieces[first - 1].kind == "dot" and pieces[first - 2].kind == "word":
        first -= 2
    root, *members = [
        pieces[index].text
        for index in range(first, max(at, first + 2) + 1, 2)[:2]
        if index < len(pieces)
    ]
    if root in ("input", OUTCOME) and members:
        return (
            analysis.key_span(("input", members[0]))
            if root == "input"
            else _step(analysis, place.path, members[0])
        )
    return analysis.key_span(("input",)) if root == "input" else _bound(analysis, place.path, root)


def _bound(analysis: Analysis, path: Path, name: str) -> tuple[int, int] | None:
    """A step, or the loop that binds the name."""
    for _, graph in analysis.graphs(path):
        if name in graph.bound:
            return analysis.key_span(graph.path)
        break
    return _step(analysis, path, name)


def _step(analysis: Analysis, path: Path, name: str) -> tuple[int, int] | None:
    """The key of a step, in the steps around a place, inner ones first."""
    for depth in range(len(path), -1, -1):
        inside = path[depth : depth + 1] == ("steps",) or depth == 0
        if inside:
            span = analysis.key_span((*path[:depth], "steps", name))
            if span:
                return span
    return None


def _code(function: Callable[..., object] | None) -> Location | None:
    if function is None:
        return None
    try:
        file = inspect.getsourcefile(function)
        line = inspect.getsourcelines(function)[1]
    except (OSError, TypeError):
        return None
    return Location(FilePath(file).resolve().as_uri(), _line(line - 1)) if file else None


def _line(number: int) -> Range:
    return Range(Position(number, 0), Position(number, 0))
