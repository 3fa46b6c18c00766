"""Whether a plain value fits for sure, by JSON Schema alone: the answer no means only that the type itself must say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auterity_sdk.expression.schema import TYPE_KEYWORD
from auterity_sdk.workflow.duration import Duration

_SAY_NOTHING = {"title", "description", "default", "examples"}
_UNDERSTOOD = _SAY_NOTHING | {
    *("type", "enum", "const", "anyOf", "items", "pattern", TYPE_KEYWORD),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
}
_EXACT = 2**53
"""Up to here a whole number is the same as a float."""


def fits_surely(schema: Mapping[str, Any], value: Any) -> bool:
    """The value is one that the type of this schema takes as it is, whatever it converts besides."""
    if not schema.keys() <= _UNDERSTOOD or "$ref" in schema:
        return False
    if schema.get(TYPE_KEYWORD) == "duration":
        return isinstance(value, str) and _is_duration(value)
    if "pattern" in schema:
        return False
    if "anyOf" in schema:
        return any(fits_surely(option, value) for option in schema["anyOf"])
    return _is_listed(schema, value) and _has_type(schema, value) and _is_within(schema, value)


def object_fits_surely(schema: Mapping[str, Any], value: Mapping[str, Any]) -> bool:
    """The same of an object by a schema that says each of its keys and knows no other, as those of models' answers do.

    It takes no library, whose import takes longer than most answers of rules.
    """
    if schema.keys() != {"type", "properties", "required", "additionalProperties"}:
        return False
    properties = schema["properties"]
    return (
        schema["additionalProperties"] is False
        and set(schema["required"]) <= value.keys() <= properties.keys()
        and all(_is_value(properties[name], each) for name, each in value.items())
    )


def _is_value(schema: Mapping[str, Any], value: Any) -> bool:
    least = schema.get("minLength", 0)
    if least and not (isinstance(value, str) and len(value) >= least):
        return False
    return fits_surely({name: schema[name] for name in schema if name != "minLength"}, value)


def _is_listed(schema: Mapping[str, Any], value: Any) -> bool:
    """Among the values that there are; text alone, since 1 and true are equal in Python."""
    listed = schema.get("enum", [schema["const"]] if "const" in schema else None)
    return listed is None or (isinstance(value, str) and value in listed)


def _has_type(schema: Mapping[str, Any], value: Any) -> bool:
    match schema.get("type"):
        case "string":
            return isinstance(value, str) and _is_unicode(value)
        case "boolean":
            return isinstance(value, bool)
        case "null":
            return value is None
        case "integer":
            return type(value) is int and abs(value) < _EXACT
        case "number":
            return type(value) in (int, float) and abs(value) < _EXACT
        case "array":
            items = schema.get("items", {})
            return isinstance(value, list) and all(fits_surely(items, each) for each in value)
        case _:
            return False


def _is_within(schema: Mapping[str, Any], value: Any) -> bool:
    if not isinstance(value, int | float):
        return True
    return (
        schema.get("minimum", value) <= value <= schema.get("maximum", value)
        and ("exclusiveMinimum" not in schema or schema["exclusiveMinimum"] < value)
        and ("exclusiveMaximum" not in schema or value < schema["exclusiveMaximum"])
    )


def _is_unicode(text: str) -> bool:
    """Without lone surrogates, which Pydantic takes for no text."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_duration(text: str) -> bool:
    try:
        Duration.parse(text)
    except ValueError:
        return False
    return True
