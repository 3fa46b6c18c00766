"""Frozen dataclasses as JSON data and back: every field by its type, so that a new field travels along."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Set
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import lru_cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic_core import to_jsonable_python

from auterity_sdk.workflow.duration import Duration

Made = TypeVar("Made")

_SERIES = (list, tuple, set, frozenset)
_ANYTHING = (Any, str, bool, int, Mapping[str, Any])
"""What stands in JSON data as it is."""


def to_plain(value: Any, without: Collection[str] = ()) -> Any:
    """JSON data of a value: a dataclass is a map without the fields that are as by default, or named `without`.

    Anything else is as Pydantic writes it; text where it cannot.
    """
    if isinstance(value, Duration):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        given = {each.name: (getattr(value, each.name), _default(each)) for each in fields(value)}
        return {
            name: to_plain(held)
            for name, (held, default) in given.items()
            if name not in without and held != default
        }
    if isinstance(value, Mapping):
        return {key: to_plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(inner) for inner in value]
    if isinstance(value, Set):
        return sorted(to_plain(inner) for inner in value)
    return to_jsonable_python(value, fallback=str)


def from_plain(kind: Callable[..., Made], data: Mapping[str, Any], **more: Any) -> Made:
    """The dataclass that `to_plain` wrote; `more` are fields that it left out."""
    hints = _hints(kind)
    return kind(**{name: _read(hints[name], value) for name, value in data.items()}, **more)


def _read(hint: Any, data: Any) -> Any:
    if hint in _ANYTHING:
        return data
    if hint is Duration:
        return Duration.parse(data)
    if isinstance(hint, type) and is_dataclass(hint):
        return from_plain(hint, data)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _read(_option(arguments, data), data)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: _read(arguments[1], value) for key, value in data.items()}
    if origin in _SERIES:
        return origin(_read(arguments[0], value) for value in data)
    return data


def _option(options: tuple[Any, ...], data: Any) -> Any:
    """The option of a union that was written as this data: by its shape, and text is text where it may be."""
    if isinstance(data, str):
        return Duration if Duration in options and str not in options else Any
    shaped = (option for option in options if _has_shape(option, data))
    return next(shaped, Any)


def _has_shape(hint: Any, data: Any) -> bool:
    kind = get_origin(hint) or hint
    if isinstance(data, Mapping):
        return isinstance(kind, type) and (is_dataclass(kind) or issubclass(kind, Mapping))
    return isinstance(data, list) and kind in _SERIES


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


@lru_cache(maxsize=64)
def _hints(kind: Callable[..., Any]) -> dict[str, Any]:
    return get_type_hints(kind)
