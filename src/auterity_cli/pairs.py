"""`key=text` and `key:=value` on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from auterity_sdk.errors import UsageError


def read_pairs(given: Iterable[str]) -> dict[str, Any]:
    """`key=text` as text, `key:=value` as JSON (a number, true, a list). Raises `UsageError`."""
    values: dict[str, Any] = {}
    for text in given:
        name, separator, value = text.partition("=")
        if not separator or not name.rstrip(":"):
            raise UsageError(f"`{text}` is no key=value", help="write key=text, or key:=5")
        values[name.removesuffix(":")] = _json(name, value) if name.endswith(":") else value
    return values


def _json(name: str, value: str) -> Any:
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        raise UsageError(
            f"the value of `{name}` is not JSON", help=f"for text write {name[:-1]}=…"
        ) from None
