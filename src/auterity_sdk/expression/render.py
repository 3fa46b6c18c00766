"""Values inside a text: which can be written there, and how."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from auterity_sdk.errors import ExpressionError
from auterity_sdk.expression.durations import show_duration
from auterity_sdk.expression.types import (
    ANY,
    BOOL,
    DURATION,
    INT,
    NUMBER,
    STRING,
    TIMESTAMP,
    Literals,
    Type,
    options_of,
)

RENDERED = frozenset({ANY, BOOL, INT, NUMBER, STRING, TIMESTAMP, DURATION})


def renders(type: Type) -> bool:
    """Values of the type can stand within a text: texts, numbers, booleans, times and durations."""
    return any(one in RENDERED or isinstance(one, Literals) for one in options_of(type))


def render(value: Any) -> str:
    """A value as it stands within a text: `80`, `72.5`, `true`, `2026-11-23T08:00:00Z`, `1h30m`.

    ExpressionError for a list, an object or null.
    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case timedelta():
            return show_duration(value)
        case _:
            kind = "a list" if isinstance(value, list) else "an object" if value else "no value"
            raise ExpressionError(
                f"{kind} cannot stand within a text", help="name the field that is meant"
            )
