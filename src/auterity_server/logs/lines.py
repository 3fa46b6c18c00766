"""The form of a line: an object of JSON, or text for a person."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from auterity_sdk.runtime.event_log import FORMAT
from auterity_server.logs.masking import masked

OURS = "auterity"
"""The loggers of this name and below write texts of this code, with no values but ids."""

FIELDS = "fields"
"""The attribute of a record that holds further fields of its line."""

request_fields: ContextVar[dict[str, str] | None] = ContextVar("request_fields", default=None)
"""The ids of the request that is being answered, which each line of it has."""


class Lines(logging.Formatter):
    """A line for each record. Of an error it tells the type and the place, and never the text."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = _line(record)
        return json.dumps({**line, "format": FORMAT}) if self._as_json else _text(line)


def _line(record: logging.LogRecord) -> dict[str, Any]:
    message = record.getMessage()
    line: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": message if _is_ours(record.name) else masked(message),
    }
    line |= request_fields.get() or {}
    line |= getattr(record, FIELDS, {})
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        line["error"] = {"type": type(error).__name__, "at": _place(error)}
    return line


def _is_ours(name: str) -> bool:
    return name == OURS or name.startswith(f"{OURS}.")


def _place(error: BaseException) -> str:
    """The last place in the code: a file's name and a line."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


def _text(line: dict[str, Any]) -> str:
    head = (str(line.pop("time")), str(line.pop("level")).upper(), str(line.pop("message")))
    del line["logger"]
    return " ".join((*head, *(f"{name}={_plain(value)}" for name, value in line.items())))


def _plain(value: Any) -> str:
    return value if isinstance(value, str) and " " not in value else json.dumps(value)
