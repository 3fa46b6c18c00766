"""JSON Schemas made strict, as structured outputs demand: every property required, and no other one.

An optional property is made one that may be null, and a null that the schema itself does not know is taken out of
the answer again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from auterity_sdk.ai.request import JsonSchema

_KEPT = frozenset((
        "type", "properties", "required", "additionalProperties", "items", "anyOf", "oneOf", "allOf",
        "enum", "const", "$ref", "$defs", "definitions", "description", "title", "pattern", "format",
        "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems",
))  # fmt: skip
# What only narrows or explains. Whoever asked looks at the answer by the whole schema, so it may be left out.
_LEFT_OUT = frozenset((
        "default", "examples", "example", "minLength", "maxLength", "uniqueItems", "discriminator",
        "readOnly", "writeOnly", "deprecated", "$schema", "$id", "$comment",
))  # fmt: skip
_ANNOTATIONS = frozenset(("description", "title"))
_FORMATS = frozenset((
        "date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid",
))  # fmt: skip
_DEFINITIONS = ("$defs", "definitions")
_NULL = {"type": "null"}
_UNKNOWN: Mapping[str, Any] = {"type": ()}
"""In the place of a reference that leads nowhere."""
_MOST_REFERENCES = 32
"""One behind the other, before any other word of a schema."""


class _Loose(Exception):
    """The schema says what no strict one can."""


def strict_schema(schema: JsonSchema) -> dict[str, Any] | None:
    """The schema as a strict one; None where it says what that cannot, such as keys of any name.

    It is the same one for the same schema, and not to be changed.
    """
    return _strict_of(msgspec.json.encode(schema))


@lru_cache(maxsize=256)  # a step asks for the same with each run
def _strict_of(written: bytes) -> dict[str, Any] | None:
    schema = msgspec.json.decode(written)
    if schema.get("type") != "object":
        return None
    try:
        return _strict(schema)
    except _Loose:
        return None


def _strict(schema: Any) -> dict[str, Any]:
    if not isinstance(schema, Mapping):
        raise _Loose
    schema = {name: value for name, value in schema.items() if name not in _LEFT_OUT}
    if not schema.keys() <= _KEPT:
        raise _Loose
    made = {name: schema[name] for name in schema if name not in ("allOf", "oneOf", "required")}
    for name in _DEFINITIONS:
        if name in schema:
            made[name] = {key: _strict(value) for key, value in schema[name].items()}
    if made.get("format") not in (None, *_FORMATS):
        del made["format"]
    if "$ref" in schema or "allOf" in schema:
        return _of_another(schema, made)
    choices = schema.get("anyOf", schema.get("oneOf"))
    if choices is not None:
        made["anyOf"] = [_strict(choice) for choice in choices]
        return made
    return _plain(schema, made)


def _of_another(schema: Mapping[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """A reference. Nothing may stand beside one, so what explains it goes around it."""
    others = schema.get("allOf", [{"$ref": schema.get("$ref")}])
    beside = schema.keys() - {"$ref", "allOf"}
    if len(others) != 1 or ("$ref" in schema and "allOf" in schema) or beside - _ANNOTATIONS:
        raise _Loose
    other = dict(others[0]) if "$ref" in schema else _strict(others[0])
    notes = {name: made[name] for name in made if name in _ANNOTATIONS}
    return {"anyOf": [other], **notes} if notes else other


def _plain(schema: Mapping[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if "type" not in schema:
        if values is None:
            raise _Loose
        made["type"] = _type_of(values)
    kinds = _listed(made["type"])
    if "object" in kinds:
        _close(schema, made)
    if "array" in kinds:
        made["items"] = _strict(schema.get("items"))
    return made


def _close(schema: Mapping[str, Any], made: dict[str, Any]) -> None:
    properties = schema.get("properties")
    if properties is None or schema.get("additionalProperties", False) is not False:
        raise _Loose
    required = schema.get("required", ())
    made["properties"] = {
        name: _strict(value) if name in required else _or_null(value, _strict(value))
        for name, value in properties.items()
    }
    made["required"] = list(properties)
    made["additionalProperties"] = False


def _or_null(schema: Any, strict: dict[str, Any]) -> dict[str, Any]:
    return strict if _takes_null(schema, {}) else {"anyOf": [strict, _NULL]}


def _type_of(values: Iterable[Any]) -> str | list[str]:
    kinds = sorted({_type_of_one(value) for value in values})
    return kinds[0] if len(kinds) == 1 else kinds


def _type_of_one(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case _:
            raise _Loose


def _listed(kinds: Any) -> list[Any]:
    return list(kinds) if isinstance(kinds, list | tuple) else [kinds]


def without_added_nulls(text: str, schema: JsonSchema) -> str:
    """The JSON without nulls for properties that are optional and never null; what is no JSON stays as it is."""
    try:
        value = json.loads(text)
        cleaned = _cleaned(value, schema, schema)
    except (ValueError, RecursionError):
        return text
    return text if cleaned == value else json.dumps(cleaned, ensure_ascii=False)


def _cleaned(value: Any, schema: Any, root: JsonSchema) -> Any:
    schema = _branch(value, _resolved(schema, root), root)
    if isinstance(value, list):
        items = schema.get("items", {})
        return [_cleaned(each, items, root) for each in value]
    if not isinstance(value, dict):
        return value
    properties, required = schema.get("properties", {}), schema.get("required", ())
    return {
        name: _cleaned(inner, properties.get(name, {}), root)
        for name, inner in value.items()
        if inner is not None or name in required or _takes_null(properties.get(name, {}), root)
    }


def _resolved(schema: Any, root: JsonSchema) -> Mapping[str, Any]:
    for _ in range(_MOST_REFERENCES):
        if not isinstance(schema, Mapping):
            return {} if schema is True else _UNKNOWN
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/"):
            schema = _at(root, reference)
        elif len(schema.get("allOf", ())) == 1:
            schema = schema["allOf"][0]
        else:
            return schema
    return _UNKNOWN


def _at(root: JsonSchema, reference: str) -> Any:
    found: Any = root
    for part in reference[2:].split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _branch(value: Any, schema: Mapping[str, Any], root: JsonSchema) -> Mapping[str, Any]:
    """Of a choice, the alternative that the value is meant for."""
    choices = schema.get("anyOf", schema.get("oneOf"))
    if choices is None:
        return schema
    for choice in choices:
        found = _branch(value, _resolved(choice, root), root)
        if _meant(value, found, root):
            return found
    return {}


def _meant(value: Any, schema: Mapping[str, Any], root: JsonSchema) -> bool:
    kinds = _listed(schema.get("type"))
    if isinstance(value, list):
        return "array" in kinds
    if not isinstance(value, dict) or "object" not in kinds:
        return False
    properties = schema.get("properties", {})
    named = all(name in value for name in schema.get("required", ()))
    return (
        named
        and value.keys() <= properties.keys()
        and all(
            value.get(name) == tag["const"]
            for name, each in properties.items()
            if "const" in (tag := _resolved(each, root)) and name in value
        )
    )


def _takes_null(schema: Any, root: JsonSchema) -> bool:
    schema = _resolved(schema, root)
    choices = schema.get("anyOf", schema.get("oneOf"))
    if choices is not None:
        return any(_takes_null(choice, root) for choice in choices)
    if "enum" in schema:
        return None in schema["enum"]
    if "const" in schema:
        return schema["const"] is None
    return "type" not in schema or "null" in _listed(schema["type"])
