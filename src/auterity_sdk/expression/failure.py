"""Why an evaluation ended in an error value, and where: the innermost part that gives one by itself.

CEL's error values have no place, so parts of the tree are run again, which is harmless: they are pure.
Its texts may quote data, so none is passed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from auterity_sdk.errors import ExpressionError
from auterity_sdk.expression import engine
from auterity_sdk.expression.functions import IMPLEMENTATIONS
from auterity_sdk.expression.operators import SIGNS
from auterity_sdk.expression.problem import AbsentValue
from auterity_sdk.expression.spans import span
from auterity_sdk.expression.tree import Call, Constant, Fold, Name, Node, children

_MESSAGES = (
    ("divide by zero", "division by zero"),
    ("modulus by zero", "division by zero"),
    ("overflow", "the result is out of range"),
    ("out of range", "the value is out of range"),
    ("regular expression", "the regular expression is not valid"),
    ("Timestamp conversion", "the text is no time with an offset (2026-11-23T08:00:00Z)"),
    ("Duration conversion", "the text is no duration"),
    ("onver", "the value cannot be converted"),
    ("Iteration budget", "it goes over too many items"),
    ("duplicate key", "a key is there twice"),
)
_ABSENT = ("Key not found", "No value with name", "Index error", "optional.none()")
_OVERLOAD = re.compile(r"No matching overloads found : \S+?\(([\w, ]*)\)$")
_TYPES = {
    "int64": "int",
    "double": "number",
    "null_type": "null",
    "google.protobuf.Timestamp": "timestamp",
}


def explain(text: str, node: Node, data: Mapping[str, Any], message: str) -> ExpressionError:
    """The error of a tree that gave an error value with CEL's `message`."""
    while (inner := _failing_child(node, data)) is not None:
        node, message = inner
    start, end = span(text, node)
    if any(mark in message for mark in _ABSENT):
        return _absent(text, message, start, end)
    return ExpressionError(_said(node, message), start=start, end=end)


def _failing_child(node: Node, data: Mapping[str, Any]) -> tuple[Node, str] | None:
    for child in _evaluated(node, data):
        try:
            engine.run(engine.load(child), data)
        except engine.ErrorValue as error:
            if not _has_no_form(str(error)):
                return child, str(error)
    return None


def _has_no_form(message: str) -> bool:
    """An optional value is no error; only Python has no form for it."""
    return "Unable to convert" in message or "exception set" in message


def _evaluated(node: Node, data: Mapping[str, Any]) -> Iterator[Node]:
    """The children that count: the chosen branch alone, and nothing inside a macro's loop."""
    match node:
        case Fold():
            yield from (node.range, node.start)
        case Call(function="_?_:_", arguments=(condition, then, other)):
            yield condition
            try:
                yield then if engine.run(engine.load(condition), data) else other
            except engine.ErrorValue:
                return
        case Call(target=Name(name="optional")):
            yield from node.arguments
        case _:
            yield from (child for child in children(node) if not isinstance(child, Constant))


def _absent(text: str, message: str, start: int, end: int) -> AbsentValue:
    if "Index error" in message:
        said = "the list has no such item"
    elif "optional.none()" in message:
        said = "the optional value is not there"
    else:
        named = end - start <= 80 and "\n" not in text[start:end]
        said = f"`{text[start:end]}` has no value" if named else "a value that is read is not there"
    hint = "read it with `.?` and `.orValue(…)`, or ask `has(…)` first"
    return AbsentValue(said, start=start, end=end, help=hint)


def _said(node: Node, message: str) -> str:
    if isinstance(node, Call) and node.function in IMPLEMENTATIONS:
        ours = message.partition(": ")[2]
        if "overloads" not in ours and "Python" not in ours:
            return ours
    overload = _OVERLOAD.search(message)
    if overload and isinstance(node, Call):
        kinds = [_TYPES.get(kind, kind) for kind in overload[1].split(", ")]
        return f"`{SIGNS.get(node.function, node.function)}` cannot take {' and '.join(kinds)}"
    said = next((ours for mark, ours in _MESSAGES if mark in message), None)
    return said or "the values do not fit what is done with them"
