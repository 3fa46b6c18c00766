"""Events as compact JSON lines, and back. A line names its event and its form's version."""

from __future__ import annotations

import json
from typing import Any, get_args

from msgspec import NODEFAULT
from msgspec.structs import fields

from auterity_sdk.errors import StoreError
from auterity_sdk.runs.events import Event
from auterity_sdk.runs.failure import Failure

FORMAT = 1
"""The version of the JSON form. Lines of a later one are refused, never guessed at."""

_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Event)}


def _defaults(kind: type[Any]) -> tuple[tuple[str, Any], ...]:
    made = []
    for each in fields(kind):
        factory = each.default_factory
        made.append((each.name, each.default if factory is NODEFAULT else factory()))
    return tuple(made)


_SERIES = frozenset({"edges", "facts", "gone", "withdrawn"})
"""Fields that are tuples, which JSON does not know."""

_RECORDS: tuple[type[Any], ...] = (*_KINDS.values(), Failure)
_FIELDS = {kind: _defaults(kind) for kind in _RECORDS}
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def to_line(event: Event) -> str:
    """The event as one line of JSON; fields that have their default are left out."""
    kind = type(event)
    return _encode({"": kind.__name__, "v": FORMAT, **_data(event, kind)})


def from_line(line: str) -> Event:
    """The event of a line. Raises `StoreError` for one that this version cannot read."""
    data = json.loads(line)
    kind = _KINDS.get(data.pop("", ""))
    if kind is None or data.pop("v", 0) != FORMAT:
        raise StoreError(
            "the journal holds an event that this version of auterity does not know",
            help="use the version of auterity that wrote it, or a later one",
        )
    if "error" in data:
        data["error"] = Failure(**data["error"])
    for name in _SERIES.intersection(data):
        data[name] = tuple(data[name])
    made: Event = kind(**data)
    return made


def _data(value: object, kind: type[Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, default in _FIELDS[kind]:
        held = getattr(value, name)
        if held != default or (held is not default and type(held) is not type(default)):
            data[name] = _data(held, Failure) if type(held) is Failure else held
    return data
