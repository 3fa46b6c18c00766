"""An event as data for programs outside, and back: what `auterity runs events --json` prints and a server sends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import NODEFAULT, to_builtins
from msgspec.structs import fields

from auterity_sdk.runs.events import Event, EventTaken
from auterity_sdk.runs.journal import KINDS, event_of

FORMAT = "auterity-event-1"
"""Changed when a field is removed or gets another meaning; new fields may come at any time."""

_EMPTY: tuple[Any, ...] = (None, "", {}, [], ())


def event_data(run_id: str, seq: int, event: Event) -> dict[str, Any]:
    """An event as data. `at` is in milliseconds since 1970, as all times of events are; `time` is the same, to read.

    What is empty as it is by default is left out.
    """
    time = datetime.fromtimestamp(event.at / 1000, UTC).isoformat(timespec="milliseconds")
    kind = type(event).__name__
    head = {"format": FORMAT, "run_id": run_id, "seq": seq, "event": kind, "time": time}
    data = to_builtins(event)
    if isinstance(event, EventTaken):
        data["type"] = data.pop("event")
    plain: dict[str, Any] = {each.name: _default(each) for each in fields(event)}
    kept = {
        name: held
        for name, held in data.items()
        if not (held in _EMPTY and held == plain.get(name, NODEFAULT))
    }
    return {**head, **kept}


def event_from(data: Mapping[str, Any]) -> Event | None:
    """The event of that data; None where this version knows no such event. Values that it does not know are passed over."""
    kind = KINDS.get(data["event"])
    if kind is None:
        return None
    given = dict(data)
    if kind is EventTaken:
        given["event"] = given.pop("type", "")
    known = {each.name for each in fields(kind)}
    return event_of(kind.__name__, {name: given[name] for name in known & set(given)})


def _default(field: Any) -> Any:
    return field.default if field.default_factory is NODEFAULT else field.default_factory()
