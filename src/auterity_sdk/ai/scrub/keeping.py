"""A text as it may be kept in a file: without what is personal in it, and still of its own form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from auterity_sdk.ai.scrub.scrub import scrub


def scrubbed(text: str) -> str:
    """The text with the kind in the place of all that is personal. In a JSON object, texts are scrubbed one by one.

    What the name of a field makes personal (`"income": 5200`) is taken out too; a number becomes 0, so that it
    remains one. Scrubbing twice is scrubbing once.
    """
    data = _object(text)
    if data is None:
        return scrub(text).text
    made = _without(data, "")
    return text if made == data else json.dumps(made, ensure_ascii=False)


def _object(text: str) -> dict[str, Any] | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _without(value: Any, name: str) -> Any:
    match value:
        case Mapping():
            return {key: _without(inner, str(key)) for key, inner in value.items()}
        case list():
            return [_without(inner, name) for inner in value]
        case str():
            return _named(name, value)
        case int() | float() if not isinstance(value, bool):
            return value if _named(name, str(value)) == str(value) else 0
        case _:
            return value


def _named(name: str, value: str) -> str:
    """A value as it is where it stands behind the name of its field."""
    before = f"{name.replace('_', ' ')}: " if name else ""
    made = scrub(before + value).text
    return made.removeprefix(before) if made.startswith(before) else scrub(value).text
