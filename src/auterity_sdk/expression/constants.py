"""Literal arguments that can be tried before any run: `duration('1 day')`, a regular expression, a time zone."""

from __future__ import annotations

from auterity_sdk.errors import ExpressionError
from auterity_sdk.expression import engine, failure
from auterity_sdk.expression.tree import Call, Constant, Node

_CONVERSIONS = frozenset({"duration", "timestamp", "int", "double", "bool"})
_ZONED = frozenset({"date", "clock", "weekday", "hour", "start_of_day"})


def constant_error(text: str, node: Call) -> str | None:
    """Why a call can only fail, whatever the data is; None if it may be well."""
    tried = _trial(node)
    if tried is None:
        return None
    try:
        engine.run(engine.load(tried), {})
    except engine.ErrorValue as error:
        found: ExpressionError = failure.explain(text, tried, {}, str(error))
        return found.message
    return None


def _trial(node: Call) -> Call | None:
    """The call with harmless values for all but its literal."""
    literal = node.arguments[-1] if node.arguments else None
    if not isinstance(literal, Constant):
        return None
    if node.function in _CONVERSIONS and node.target is None:
        return node
    if node.function == "matches":
        return Call(node.id, node.at, "matches", (Constant(0, node.at, ""), literal))
    if node.function in _ZONED:
        return Call(node.id, node.at, node.function, (_epoch(node), literal))
    return None


def _epoch(node: Call) -> Node:
    return Call(0, node.at, "timestamp", (Constant(0, node.at, 0),))
