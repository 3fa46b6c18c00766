"""Events of a journal, as lines for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import typer
from msgspec.structs import fields
from rich.text import Text

from auterity_cli.output.console import Color, console
from auterity_cli.output.printable import one_line, printable
from auterity_sdk.runs.events import Event
from auterity_sdk.runs.journal import KINDS

_APART = frozenset(
    {"format", "run_id", "seq", "event", "time", "at", "step", "scope", "position", "workflow"}
)
_STYLES = {"failed": "red", "cancelled": "red"}
_WIDEST = 100


def print_event(data: Mapping[str, Any], color: Color, *, as_json: bool) -> None:
    """One event on standard output, of which `event_form.event_data` made the data."""
    if as_json:
        typer.echo(json.dumps(data))
        return
    _print(f"{data['seq']:>5}  {_time(data)}", data, color)


def print_logged(data: Mapping[str, Any], color: Color, *, as_json: bool) -> None:
    """One event among those of all runs, with its run and its workflow in the place of its number."""
    if as_json:
        typer.echo(json.dumps(data))
    else:
        place = (str(data[name]) for name in ("run_id", "workflow") if data.get(name))
        _print(f"{_time(data)}  {printable('  '.join(place))}", data, color)


def _time(data: Mapping[str, Any]) -> str:
    at = datetime.fromtimestamp(data["at"] / 1000, UTC)
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"[:-3]


def _print(head: str, data: Mapping[str, Any], color: Color) -> None:
    place = str(data.get("step") or data.get("scope") or "")
    line = Text.assemble((head, "dim"), f"  {_text(printable(data['event']), place)}")
    words = " ".join(f"{name}={_json(value)}" for name, value in _told(data))
    if words:
        ended = str(data.get("outcome") or data.get("status") or "")
        line.append(f"  {one_line(words, _WIDEST)}", _STYLES.get(ended, "dim"))
    console("out", color).print(line, soft_wrap=True)


def event_text(event: Event) -> str:
    """An event's name and its step, without its values."""
    place = str(getattr(event, "step", "") or getattr(event, "scope", ""))
    return _text(type(event).__name__, place)


def _text(kind: str, place: str) -> str:
    return f"{kind} {printable(place)}".rstrip()


def _told(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What is worth a word: what is not empty, and is not false as it is by default."""
    kind = KINDS.get(data["event"])
    plain = {each.name: each.default for each in fields(kind)} if kind else {}
    for name, value in data.items():
        empty = value in (None, "", {}, [])
        if name not in _APART and not empty and not (value is False and not plain.get(name, False)):
            yield name, value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
