"""An output that nobody wrote: defaults, else the plainest value that the type takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

_MOST_NESTED = 20

_BY_FORMAT = {
    "date-time": "2000-01-01T00:00:00Z",
    "date": "2000-01-01",
    "time": "00:00:00Z",
    "email": "nobody@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-0000-0000-000000000000",
}
_PLAINEST: Mapping[str, Any] = {"boolean": False, "null": None}


def placeholder(model: type[BaseModel]) -> dict[str, Any]:
    """The fields that the model asks for, each with a value. Fields with a default are left to it."""
    schema = model.model_json_schema(mode="validation")
    made: dict[str, Any] = _object(schema, schema.get("$defs", {}), 0)
    return made


def _value(schema: Mapping[str, Any], known: Mapping[str, Any], depth: int) -> Any:
    if "$ref" in schema:
        schema = known[str(schema["$ref"]).rpartition("/")[2]]
    if "const" in schema:
        return schema["const"]
    if "default" in schema:
        return schema["default"]
    if schema.get("enum"):
        return schema["enum"][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if schema.get(key):
            return _any_of(schema[key], known, depth)
    match schema.get("type"):
        case "object":
            return _object(schema, known, depth)
        case "array":
            return [_value(schema.get("items", {}), known, depth + 1)] * schema.get("minItems", 0)
        case "integer" | "number" as kind:
            return _number(schema, whole=kind == "integer")
        case "string":
            return _text(schema)
        case kind:
            return _PLAINEST.get(str(kind))


def _any_of(parts: list[Mapping[str, Any]], known: Mapping[str, Any], depth: int) -> Any:
    """Null where that is allowed, else the first."""
    if {"type": "null"} in parts or depth > _MOST_NESTED:
        return None
    return _value(parts[0], known, depth + 1)


def _object(schema: Mapping[str, Any], known: Mapping[str, Any], depth: int) -> dict[str, Any]:
    properties = schema.get("properties", {})
    wanted = schema.get("required", ()) if depth <= _MOST_NESTED else ()
    return {name: _value(properties.get(name, {}), known, depth + 1) for name in wanted}


def _number(schema: Mapping[str, Any], *, whole: bool) -> Any:
    least = schema.get("minimum")
    if least is None and "exclusiveMinimum" in schema:
        least = schema["exclusiveMinimum"] + 1
    most = schema.get("maximum", schema.get("exclusiveMaximum"))
    value = max(0, least) if least is not None else 0
    if most is not None and value > most:
        value = most
    return int(value) if whole else float(value)


def _text(schema: Mapping[str, Any]) -> str:
    if "format" in schema:
        return _BY_FORMAT.get(str(schema["format"]), "")
    return "x" * int(schema.get("minLength", 0))
