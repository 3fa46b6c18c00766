"""Structs and dataclasses as JSON data and back: every field by its type, so that a new field travels along."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Set
from dataclasses import MISSING, fields, is_dataclass
from functools import lru_cache, partial
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Struct, structs
from pydantic_core import to_jsonable_python

from auterity_sdk.workflow.duration import Duration

Made = TypeVar("Made")

_SERIES = (list, tuple, set, frozenset)
_ANYTHING = (Any, str, bool, int, Mapping[str, Any])
"""What stands in JSON data as it is."""


def to_plain(value: Any, without: Collection[str] = ()) -> Any:
    """JSON data of a value: a struct or a dataclass is a map without the fields that are as by default, or named `without`.

    Anything else is as Pydantic writes it; text where it cannot.
    """
    if isinstance(value, Duration):
        return str(value)
    kind: Any = type(value)
    if is_record(kind):
        given = {name: (getattr(value, name), default()) for name, default in _fields(kind)}
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
    """The struct or dataclass that `to_plain` wrote; `more` are fields that it left out."""
    hints = _hints(kind)
    return kind(**{name: _read(hints[name], value) for name, value in data.items()}, **more)


def _read(hint: Any, data: Any) -> Any:
    if hint in _ANYTHING:
        return data
    if hint is Duration:
        return Duration.parse(data)
    if is_record(hint):
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
        return isinstance(kind, type) and (is_record(kind) or issubclass(kind, Mapping))
    return isinstance(data, list) and kind in _SERIES


def is_record(kind: Any) -> bool:
    """The type is a struct or a dataclass."""
    return isinstance(kind, type) and (issubclass(kind, Struct) or is_dataclass(kind))


@lru_cache(maxsize=64)
def _fields(kind: Any) -> tuple[tuple[str, Callable[[], Any]], ...]:
    """The names of its fields, each with what makes its default."""
    if issubclass(kind, Struct):
        return tuple(
            (each.name, partial(_either, each.default, each.default_factory, NODEFAULT))
            for each in structs.fields(kind)
        )
    return tuple(
        (each.name, partial(_either, each.default, each.default_factory, MISSING))
        for each in fields(kind)
    )


def _either(default: Any, factory: Any, missing: Any) -> Any:
    return default if factory is missing else factory()


@lru_cache(maxsize=64)
def _hints(kind: Callable[..., Any]) -> dict[str, Any]:
    return get_type_hints(kind)
