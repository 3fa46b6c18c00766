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

KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Event)}
"""All kinds of event by their names."""


def _defaults(kind: type[Any]) -> tuple[tuple[str, Any], ...]:
    made = []
    for each in fields(kind):
        factory = each.default_factory
        made.append((each.name, each.default if factory is NODEFAULT else factory()))
    return tuple(made)


_SERIES = frozenset({"edges", "facts", "gone", "withdrawn"})
"""Fields that are tuples, which JSON does not know."""

_RECORDS: tuple[type[Any], ...] = (*KINDS.values(), Failure)
_FIELDS = {kind: _defaults(kind) for kind in _RECORDS}
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def to_line(event: Event) -> str:
    """The event as one line of JSON; fields that have their default are left out."""
    kind = type(event)
    return _encode({"": kind.__name__, "v": FORMAT, **_data(event, kind)})


def from_line(line: str) -> Event:
    """The event of a line. Raises `StoreError` for one that this version cannot read."""
    data = json.loads(line)
    kind = data.pop("", "")
    found = event_of(kind, data) if data.pop("v", 0) == FORMAT else None
    if found is None:
        raise StoreError(
            "the journal holds an event that this version of auterity does not know",
            help="use the version of auterity that wrote it, or a later one",
        )
    return found


def event_of(name: str, data: dict[str, Any]) -> Event | None:
    """The event of that kind with these fields, as JSON has them; None for a kind that there is not."""
    kind = KINDS.get(name)
    if kind is None:
        return None
    if "error" in data:
        data["error"] = Failure(**data["error"])
    for field in _SERIES.intersection(data):
        data[field] = tuple(data[field])
    made: Event = kind(**data)
    return made


def _data(value: object, kind: type[Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, default in _FIELDS[kind]:
        held = getattr(value, name)
        if held != default or (held is not default and type(held) is not type(default)):
            data[name] = _data(held, Failure) if type(held) is Failure else held
    return data
