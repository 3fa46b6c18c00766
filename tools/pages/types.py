"""The reference of the types that a workflow file may name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.workflow.types import PLAIN_TYPES
from tools.pages.json_types import default, shown
from tools.pages.tables import table

_PLAIN = {
    "any": "anything",
    "array": "a list",
    "boolean": "`true` or `false`",
    "duration": "a length of time, written `1h30m` or as ISO 8601's `PT1H30M`",
    "integer": "a whole number",
    "null": "nothing",
    "number": "a number",
    "object": "a map",
    "string": "text",
    "timestamp": "a moment, written as RFC 3339 with its offset: `2026-11-23T08:00:00-06:00`",
}


def plain() -> str:
    """The types that need no registration."""
    return table(("type", "a value is"), [(f"`{name}`", _PLAIN[name]) for name in PLAIN_TYPES])


def named() -> str:
    """Each registered type and each type that it is made of, with its fields."""
    schemas = dict(_schemas())
    registered = builtin_registry().type_names()
    order = sorted(schemas, key=lambda name: (name not in registered, name))
    return "\n\n".join(_section(name, schemas, name in registered) for name in order)


def _schemas() -> Iterator[tuple[str, Mapping[str, Any]]]:
    registry = builtin_registry()
    for name in registry.type_names():
        schema = dict(registry.type_schema(name) or {})
        parts = schema.pop("$defs", {})
        yield name, schema
        yield from ((part, found) for part, found in parts.items() if "properties" in found)


def _section(name: str, schemas: Mapping[str, Mapping[str, Any]], registered: bool) -> str:
    schema = schemas[name]
    rows = [
        (
            f"`{field}`",
            shown(found, schemas),
            "required" if field in schema.get("required", ()) else default(found.get("default")),
        )
        for field, found in schema.get("properties", {}).items()
    ]
    text = schema.get("description", "").replace("\n\n", "\n").strip()
    part = "" if registered else "A part of the types above; no name of its own in a file."
    body = table(("field", "type", "default"), rows)
    return "\n\n".join(each for each in (f"### {name}", text, part, body) if each)
