"""Data as CEL takes it: None is left out, times are texts, and only what an expression reads is copied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias

from pydantic import BaseModel

from auterity_sdk.errors import ExpressionError
from auterity_sdk.expression.chains import Path

Wanted: TypeAlias = "Mapping[str, Wanted | None]"
"""The members that are read of a value; None where the whole is."""

MAX_DEPTH = 100
"""Levels of lists and objects in data that an expression reads."""

_INT64 = range(-(2**63), 2**63)


def wanted(paths: Iterable[Path]) -> dict[str, Any]:
    """The tree of paths; a path that is read as a whole takes in those below it."""
    tree: dict[str, Any] = {}
    for path in sorted(set(paths), key=len):
        here: dict[str, Any] | None = tree
        for part in path[:-1]:
            here = here.setdefault(part, {}) if here is not None else None
        if here is not None:
            here[path[-1]] = None
    return tree


def project(value: Any, members: Wanted | None) -> Any:
    """The value with only the wanted members, bound."""
    if members is None or not (type(value) is dict or isinstance(value, Mapping)):
        return bind(value)
    found = {}
    for name, below in members.items():
        inner = value.get(name)
        if inner is not None:
            found[name] = project(inner, below)
    return found


def bind(value: Any, depth: int = 0) -> Any:
    """A Python or JSON value as CEL takes it, without its None fields.

    A time must have an offset from UTC; texts may hold neither half surrogates nor the null character,
    which CEL's library would cut them at. ExpressionError says which of these it is, not the value.
    """
    if value is None or value is True or value is False or type(value) is float:
        return value
    if isinstance(value, str):
        return _text(value.value if isinstance(value, Enum) else value)
    if isinstance(value, Mapping | list | tuple):
        return _container(value, depth + 1)
    return _scalar(value)


def _container(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise ExpressionError(f"the data is nested more than {MAX_DEPTH} levels deep")
    if isinstance(value, Mapping):
        items = value.items()
        return {_text(str(key)): bind(each, depth) for key, each in items if each is not None}
    return [bind(each, depth) for each in value]


def _scalar(value: Any) -> Any:
    match value:
        case Enum():
            return bind(value.value)
        case int():
            if value not in _INT64:
                raise ExpressionError("a whole number has more than 64 bits")
            return int(value)
        case float() | Decimal():
            return float(value)
        case datetime():
            if value.utcoffset() is None:
                raise ExpressionError("a time has no offset from UTC")
            return value.isoformat()
        case date():
            return value.isoformat()
        case timedelta():
            return f"{value / timedelta(seconds=1):.6f}s"
        case BaseModel():
            return bind(value.model_dump(mode="json"))
        case _:
            kind = type(value).__name__
            raise ExpressionError(f"a value of Python type {kind} cannot be read in an expression")


def _text(value: str) -> str:
    if "\0" in value:
        raise ExpressionError("a text holds the null character")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ExpressionError("a text holds half of a surrogate pair") from None
    return value
