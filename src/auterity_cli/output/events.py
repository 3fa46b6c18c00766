"""Events of a journal, as lines for people and as JSON for programs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import typer
from msgspec import to_builtins
from msgspec.structs import fields
from rich.text import Text

from auterity_cli.output.console import Color, console
from auterity_cli.output.printable import one_line, printable
from auterity_sdk.runs.events import Event

FORMAT = "auterity-event-1"
"""Changed when a field is removed or gets another meaning; new fields may come at any time."""

_APART = ("at", "step", "scope")
_STYLES = {"failed": "red", "cancelled": "red"}
_WIDEST = 100


def print_event(run_id: str, seq: int, event: Event, color: Color, *, as_json: bool) -> None:
    """One event on standard output."""
    if as_json:
        typer.echo(json.dumps(event_data(run_id, seq, event)))
        return
    at = datetime.fromtimestamp(event.at / 1000, UTC)
    head = f"{seq:>5}  {at:%Y-%m-%d %H:%M:%S.%f}"[:-3]
    plain = {field.name: field.default for field in fields(event)}
    told = {
        name: value
        for name, value in _data(event).items()
        if name not in _APART and not (value is False and plain[name] is False)
    }
    line = Text.assemble((head, "dim"), f"  {event_text(event)}")
    if told:
        words = " ".join(f"{name}={_json(value)}" for name, value in told.items())
        line.append(f"  {one_line(words, _WIDEST)}", _STYLES.get(_ended(event), "dim"))
    console("out", color).print(line, soft_wrap=True)


def event_data(run_id: str, seq: int, event: Event) -> dict[str, Any]:
    """An event as data. `at` is in milliseconds since 1970, as all times of events are; `time` is the same, to read."""
    time = datetime.fromtimestamp(event.at / 1000, UTC).isoformat(timespec="milliseconds")
    kind = type(event).__name__
    head = {"format": FORMAT, "run_id": run_id, "seq": seq, "event": kind, "time": time}
    return {**head, **_data(event)}


def event_text(event: Event) -> str:
    """An event's name and its step, without its values."""
    place = str(getattr(event, "step", "") or getattr(event, "scope", ""))
    return f"{type(event).__name__} {printable(place)}".rstrip()


def _ended(event: Event) -> str:
    return str(getattr(event, "outcome", "") or getattr(event, "status", ""))


def _data(event: Event) -> dict[str, Any]:
    made: dict[str, Any] = to_builtins(event)
    return {name: value for name, value in made.items() if value not in (None, "", {}, [], ())}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
