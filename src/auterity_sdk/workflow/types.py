"""Types as a workflow file names them: `Lead`, `string`, or a JSON Schema that may name such types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auterity_sdk.expression.schema import from_json_schema
from auterity_sdk.expression.types import ANY, Field, ObjectType, Type
from auterity_sdk.workflow.key_types import TypeExpression
from auterity_sdk.workflow.signature import Catalog, JsonSchema

PLAIN_TYPES: Mapping[str, JsonSchema] = {
    "any": {},
    "array": {"type": "array"},
    "boolean": {"type": "boolean"},
    "duration": {"type": "string", "format": "duration"},
    "integer": {"type": "integer"},
    "null": {"type": "null"},
    "number": {"type": "number"},
    "object": {"type": "object"},
    "string": {"type": "string"},
    "timestamp": {"type": "string", "format": "date-time"},
}
"""The types that need no registration: JSON Schema's, and times and durations."""

_SCHEMA_KEYS = frozenset({"items", "additionalProperties", "not", "contains"})
_SCHEMA_LISTS = frozenset({"anyOf", "oneOf", "allOf", "prefixItems"})
_SCHEMA_MAPS = frozenset({"properties", "$defs", "definitions", "patternProperties"})


def schema_of(written: TypeExpression, catalog: Catalog) -> JsonSchema:
    """The JSON Schema of a type as it is written, complete with the `$defs` that it names.

    A name may stand wherever a schema may, and as the `type` of one. Raises KeyError with the name of a
    type that is not known.
    """
    definitions: dict[str, Any] = {}
    made = dict(_expanded(written, catalog, definitions))
    if definitions:
        made["$defs"] = {**definitions, **made.get("$defs", {})}
    return made


def type_of(written: TypeExpression, catalog: Catalog) -> Type:
    """The type that is written; `any` where it is not known."""
    try:
        return from_json_schema(schema_of(written, catalog), filled=True)
    except KeyError:
        return ANY


def input_type(inputs: Mapping[str, TypeExpression], catalog: Catalog) -> ObjectType:
    """The type of `input`. A field with a default is there in every run."""
    fields = {
        name: Field(type_of(written, catalog), required=is_certain(written))
        for name, written in inputs.items()
    }
    return ObjectType("input", fields, strict=True)


def is_certain(written: TypeExpression) -> bool:
    """Whether an input is there in every run: it has to be given, or has a default other than null."""
    return not isinstance(written, dict) or written.get("default", ...) is not None


def is_required(written: TypeExpression) -> bool:
    """Whether an input has to be given."""
    return not isinstance(written, dict) or "default" not in written


def _expanded(written: Any, catalog: Catalog, definitions: dict[str, Any]) -> JsonSchema:
    if isinstance(written, bool):
        return {} if written else {"not": {}}
    if isinstance(written, str):
        return _named(written, catalog, definitions)
    if not isinstance(written, dict):
        return {}
    made: dict[str, Any] = {}
    for key, value in written.items():
        if key in _SCHEMA_KEYS and isinstance(value, str | dict):
            made[key] = _expanded(value, catalog, definitions)
        elif key in _SCHEMA_LISTS and isinstance(value, list):
            made[key] = [_expanded(part, catalog, definitions) for part in value]
        elif key in _SCHEMA_MAPS and isinstance(value, dict):
            made[key] = {
                name: _expanded(part, catalog, definitions) for name, part in value.items()
            }
        else:
            made[key] = value
    kind = made.get("type")
    if isinstance(kind, str) and kind not in _JSON_TYPES:
        del made["type"]
        return {**_named(kind, catalog, definitions), **made}
    return made


_JSON_TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})


def _named(name: str, catalog: Catalog, definitions: dict[str, Any]) -> JsonSchema:
    if name in PLAIN_TYPES:
        return PLAIN_TYPES[name]
    found = catalog.type_schema(name)
    if found is None:
        raise KeyError(name)
    schema = dict(found)
    definitions.update(schema.pop("$defs", {}))
    definitions[name] = schema
    return {"$ref": f"#/$defs/{name}"}
