"""Fields as a workflow file writes them: a named type, a JSON Schema, or names with a type each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auterity_sdk.workflow.key_types import TypeExpression
from auterity_sdk.workflow.signature import Catalog, JsonSchema
from auterity_sdk.workflow.types import schema_of

_SCHEMA_WORDS = frozenset({"properties", "$ref", "anyOf", "oneOf", "allOf"})


def fields_schema(written: Any, catalog: Catalog) -> JsonSchema:
    """The JSON Schema, with its `$defs`, of an object whose fields are written: a type's name, a schema, or a type a name.

    A field with a default may be left out. Raises KeyError with the name of a type that is not known, and
    ValueError for what describes no object.
    """
    if isinstance(written, str) or (isinstance(written, dict) and _SCHEMA_WORDS & set(written)):
        return _object(schema_of(written, catalog))
    if not isinstance(written, dict) or not written:
        raise ValueError("names of fields, with a type each, are expected")
    properties = {str(name): dict(schema_of(each, catalog)) for name, each in written.items()}
    definitions = {
        name: schema
        for each in properties.values()
        for name, schema in each.pop("$defs", {}).items()
    }
    required = [name for name, each in properties.items() if "default" not in each]
    made: dict[str, Any] = {"type": "object", "properties": properties, "required": required}
    return {
        **made,
        "additionalProperties": False,
        **({"$defs": definitions} if definitions else {}),
    }


def written_fields(written: Any) -> Iterator[tuple[tuple[str, ...], TypeExpression]]:
    """Each type in a written shape, with its place below it."""
    if isinstance(written, dict) and not _SCHEMA_WORDS & set(written):
        yield from (((str(name),), each) for name, each in written.items())
    elif isinstance(written, str | dict):
        yield (), written


def _object(schema: JsonSchema) -> JsonSchema:
    definitions = schema.get("$defs", {})
    target = schema
    while isinstance(name := target.get("$ref"), str):
        target = definitions[name.rpartition("/")[2]]
    if not target.get("properties"):
        raise ValueError("a type with fields is expected")
    return {**target, "$defs": definitions} if definitions else target
