"""Where the thing under the cursor is defined."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path as FilePath

from lsprotocol.types import Location, Position, Range

from auterity_cli.language_server.analysis import Analysis
from auterity_cli.language_server.cursor import Cursor
from auterity_cli.language_server.expression_at import (
    ExpressionPlace,
    Token,
    expression_place,
    receiver,
    tokens,
    word_at,
)
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
    names = _chain(place)
    if names[:1] == ["input"]:
        return analysis.key_span(("input", *names[1:2]))
    if names[:1] == [OUTCOME]:
        return _step(analysis, place.path, names[1]) if len(names) > 1 else None
    return _bound(analysis, place.path, names[0]) if names else None


def _chain(place: ExpressionPlace) -> list[str]:
    """The first two names of the chain `a.b[0].c` that the cursor is in, up to the cursor."""
    pieces = tokens(place.text)
    at = word_at(pieces, place.at)
    if at is None:
        return []
    first = receiver(pieces, at - 1) if at and pieces[at - 1].kind == "dot" else at
    behind = pieces[first + 1 : at + 1]
    if pieces[first].kind != "word" or _is_call(pieces, first):
        return []
    named = len(behind) > 1 and behind[0].kind == "dot" and behind[1].kind == "word"
    return [pieces[first].text, *([behind[1].text] if named else [])]


def _is_call(pieces: list[Token], at: int) -> bool:
    return at + 1 < len(pieces) and pieces[at + 1].text == "("


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
