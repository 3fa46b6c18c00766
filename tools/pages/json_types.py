"""JSON Schemas as a reader knows types: the checker's own words, and the bounds of a value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from auterity_sdk.dealership.address import E164
from auterity_sdk.expression.schema import from_json_schema
from auterity_sdk.expression.types import NULL, Literals, OneOf, Type, describe, without_null
from auterity_sdk.workflow.duration import PATTERN as DURATION_PATTERN

_BOUNDS = {
    "minimum": "from {}",
    "exclusiveMinimum": "over {}",
    "maximum": "to {}",
    "exclusiveMaximum": "under {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "pattern": "matches `{}`",
}


_PATTERNS = {
    DURATION_PATTERN: "duration, such as `1h30m`",
    TypeAdapter(E164).json_schema()["pattern"]: "phone number, such as `+16145550172`",
    "env:NAME|file:PATH": "`env:NAME` or `file:PATH`",
}
"""Patterns that have a name of their own."""


def shown(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """`number, from 0`, `"sms" or "email"`, `Lead`; `or none` where it may be left empty."""
    found = from_json_schema(schema, definitions)
    empty = isinstance(found, OneOf) and NULL in found.options
    plain = _bounded(schema, definitions)
    words = _PATTERNS.get(plain.get("pattern", "")) or ", ".join(
        [_words(without_null(found)), *_bounds(plain)]
    ).replace(", to ", " to ")
    return f"{words}; or none" if empty else words


def default(value: Any) -> str:
    """A default as a workflow file holds it; `none` for what is simply not there."""
    if value is None:
        return "none"
    written = value if isinstance(value, bool | int | float | list | dict) else str(value)
    return f"`{json.dumps(written, ensure_ascii=False)}`"


def _words(type: Type) -> str:
    if isinstance(type, Literals):
        return ", ".join(f"`{value}`" for value in type.values)
    return describe(type).replace("object ", "")


def _bounded(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema that holds the bounds: of an alternative to null, or behind a reference."""
    for option in schema.get("anyOf", ()):
        if option.get("type") != "null":
            return _bounded(option, definitions)
    reference = schema.get("$ref", "").rpartition("/")[2]
    named = definitions.get(reference, {})
    return schema if not named or "properties" in named else _bounded(named, definitions)


def _bounds(schema: Mapping[str, Any]) -> list[str]:
    said = {key: words for key, words in _BOUNDS.items() if key in schema}
    if schema.get("minLength") == 1:
        said["minLength"] = "not empty"
    return [words.format(schema[key]) for key, words in said.items()]
